import type { Queries } from './queries.ts';

/** One decision of the scheduler, with all that explains it. */
export interface DecisionRecord {
  readonly id: string;
  readonly serverId: string;
  readonly requestId: string;
  readonly chosen: string | null;
  readonly alternates: readonly string[];
  readonly refusals: readonly {
    readonly filter: string;
    readonly seen: number;
    readonly refused: number;
    readonly reasons: readonly { readonly because: string; readonly hosts: number; readonly examples: readonly string[] }[];
    readonly otherReasons: number;
  }[];
  readonly weights: readonly { readonly host: string; readonly weight: number }[];
}

/** Keeps a decision, so that nobody has to guess later. */
export async function recordDecision(db: Queries, decision: DecisionRecord): Promise<void> {
  await db
    .insertInto('scheduling_decisions')
    .values({
      id: decision.id,
      server_id: decision.serverId,
      request_id: decision.requestId,
      chosen: decision.chosen,
      alternates: JSON.stringify(decision.alternates),
      refusals: JSON.stringify(decision.refusals),
      weights: JSON.stringify(decision.weights),
    })
    .execute();
}
