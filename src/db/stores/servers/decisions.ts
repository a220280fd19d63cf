import { sql } from 'kysely';
import type { CellDb } from '../../sql/queries.ts';

/** A decision of the scheduler, with its explanation. */
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

/**
 * Saves a decision for later explanation. The commit does not wait for the disk, so that scheduling is faster: a crash of the database's
 * machine may lose the explanations of the last second.
 */
export async function recordDecision(db: CellDb, decision: DecisionRecord): Promise<void> {
  const { id, serverId, requestId, chosen, alternates, refusals, weights } = decision;
  await sql`
    WITH unhurried AS (SELECT set_config('synchronous_commit', 'off', true))
    INSERT INTO scheduling_decisions (id, server_id, request_id, chosen, alternates, refusals, weights)
    SELECT ${id}::uuid, ${serverId}::uuid, ${requestId}, ${chosen},
      ${JSON.stringify(alternates)}::jsonb, ${JSON.stringify(refusals)}::jsonb, ${JSON.stringify(weights)}::jsonb
    FROM unhurried`.execute(db);
}
