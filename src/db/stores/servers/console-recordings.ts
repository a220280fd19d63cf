/** Recordings of serial consoles: lines of an asciicast, of which the first describes it. */
import { sql } from 'kysely';
import type { ConsoleRecording } from '../../../objects/console.ts';
import { asId, type ServerId } from '../../../objects/ids.ts';
import type { CellDb, InCell } from '../../sql/queries.ts';

/** The recordings of a server that are kept: the latest. */
const MAX_RECORDINGS = 20;

/** Begins a recording; the oldest of the server gives way. */
export async function insertRecording(trx: InCell, recording: ConsoleRecording): Promise<void> {
  const { id, serverId, requestId, startedAt } = recording;
  await trx
    .deleteFrom('console_recordings')
    .where('id', 'in', (kept) =>
      kept
        .selectFrom('console_recordings')
        .select('id')
        .where('server_id', '=', serverId)
        .orderBy('started_at', 'desc')
        .orderBy('id')
        .offset(MAX_RECORDINGS - 1),
    )
    .execute();
  await trx.insertInto('console_recordings').values({ id, server_id: serverId, request_id: requestId, started_at: startedAt }).execute();
}

/** Lines for a recording, from a place in it on. */
export interface RecordedPart {
  readonly id: string;
  readonly at: number;
  readonly lines: string;
}

/**
 * Writes lines after the first `at` bytes, so that a part that is sent again changes nothing; false if the recording is gone, or would
 * become longer than it may.
 */
export async function writeRecording(trx: InCell, { id, at, lines }: RecordedPart, maxBytes: number): Promise<boolean> {
  const written = await trx
    .updateTable('console_recordings')
    .set({ lines: sql`convert_from(substring(convert_to(lines, 'UTF8') FOR ${at}::integer), 'UTF8') || ${lines}` })
    .where('id', '=', id)
    .where(sql<boolean>`octet_length(lines) >= ${at}::integer`)
    .where(sql<boolean>`${at}::integer + octet_length(${lines}::text) <= ${maxBytes}::integer`)
    .returning('id')
    .executeTakeFirst();
  return written !== undefined;
}

/** The recordings of a server, the latest first; with `text`, those that show it. */
export async function listRecordings(db: CellDb, serverId: ServerId, text?: string): Promise<(ConsoleRecording & { bytes: number })[]> {
  // What is shown is text in JSON.
  const shown = text === undefined ? '' : JSON.stringify(text).slice(1, -1);
  const rows = await db
    .selectFrom('console_recordings')
    .select(['id', 'server_id', 'request_id', 'started_at', sql<number>`octet_length(lines)`.as('bytes')])
    .where('server_id', '=', serverId)
    .where(sql<boolean>`strpos(lines, ${shown}) > 0`)
    .orderBy('started_at', 'desc')
    .execute();
  return rows.map(({ id, server_id, request_id, started_at, bytes }) => ({
    id,
    serverId: asId<ServerId>(server_id),
    requestId: request_id,
    startedAt: started_at,
    bytes,
  }));
}

/** The lines of a recording; undefined for an unknown one. */
export async function readRecording(db: CellDb, id: string): Promise<string | undefined> {
  const row = await db.selectFrom('console_recordings').select('lines').where(sql<string>`id::text`, '=', id).executeTakeFirst();
  return row?.lines;
}
