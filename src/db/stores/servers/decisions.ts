import { sql } from 'kysely';
import { isUuid } from '../../../objects/ids.ts';
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

/** A recorded decision with its time. */
export interface PastDecision extends DecisionRecord {
  readonly at: Date;
}

/** The decisions about some servers, the newest first; only those of one request, if that is given. */
export async function findDecisions(
  db: CellDb,
  {
    serverIds,
    requestId,
    limit,
  }: { readonly serverIds: readonly string[]; readonly requestId: string | undefined; readonly limit: number },
): Promise<readonly PastDecision[]> {
  const known = serverIds.filter(isUuid);
  if (known.length === 0) return [];
  const all = db.selectFrom('scheduling_decisions').selectAll().where('server_id', 'in', known).orderBy('at', 'desc').limit(limit);
  const rows = await (requestId === undefined ? all : all.where('request_id', '=', requestId)).execute();
  return rows.map(({ server_id, request_id, ...row }) => ({ ...row, serverId: server_id, requestId: request_id }));
}

/** The servers that a request changed, as its events tell: of thousands of servers, an index finds them. */
export async function serversOfRequest(db: CellDb, requestId: string, limit: number): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('events')
    .select('subject')
    .distinct()
    .where('request_id', '=', requestId)
    .where('type', 'like', 'server.%')
    .limit(limit)
    .execute();
  return rows.map(({ subject }) => subject);
}
