/** Pages of the objects in a bucket, in the order of their names' bytes, with names that begin alike rolled up to one entry. */
import { type RawBuilder, sql } from 'kysely';
import type { ListEntry, StoredObject } from '../../../objects/stored-object.ts';
import type { CloudDb } from '../../sql/queries.ts';
import { textAfter } from '../../sql/text-after.ts';
import { objectOf } from './stored-objects.ts';

/** Which entries to list. */
export interface ObjectPage {
  readonly bucket: string;
  readonly prefix: string;
  /** Names that have this after the prefix are one entry, up to and including it. */
  readonly delimiter: string | undefined;
  /** The entry before the page: a name, or a common beginning. */
  readonly after: string | undefined;
  readonly limit: number;
}

/** The entries of a page. Each is found by one step in the index, however many objects a common beginning stands for. */
export async function listObjects(db: CloudDb, page: ObjectPage): Promise<readonly ListEntry[]> {
  const { bucket, prefix, delimiter = '', limit } = page;
  if (limit === 0) return [];
  const { rows } = await sql<{ key: string; common: string | null }>`
    WITH RECURSIVE walk AS (
      ${stepFrom(page, sql`${startOf(page)}`)}
      UNION ALL SELECT next.* FROM walk CROSS JOIN LATERAL (${stepFrom(page, sql`walk.next_from`)}) AS next
    ) SELECT key, common FROM walk LIMIT ${limit}`.execute(db);
  const keys = rows.flatMap(({ key, common }) => (common === null ? [key] : []));
  const objects = new Map((await findObjects(db, bucket, keys)).map((object) => [object.key, object]));
  return rows.flatMap(({ key, common }): ListEntry[] => {
    if (common !== null) return [{ prefix: `${prefix}${common}${delimiter}` }];
    const object = objects.get(key);
    // One that was deleted since the walk is left out.
    return object ? [{ object }] : [];
  });
}

const findObjects = async (db: CloudDb, bucket: string, keys: readonly string[]): Promise<readonly StoredObject[]> =>
  keys.length === 0
    ? []
    : (await db.selectFrom('bucket_objects').selectAll().where('bucket', '=', bucket).where('key', 'in', keys).execute()).map(objectOf);

/** The first entry at or after a name: what its common beginning is, if it has one, and where the next entry may begin. */
function stepFrom({ bucket, prefix, delimiter }: ObjectPage, from: RawBuilder<unknown>) {
  const rest = sql`substr(o.key, char_length(${prefix}) + 1)`;
  const at = delimiter === undefined ? sql`0` : sql`strpos(${rest}, ${delimiter})`;
  const common = sql`CASE WHEN ${at} > 0 THEN left(${rest}, ${at} - 1) END`;
  const end = textAfter(prefix);
  return sql`(
    SELECT o.key, ${common} AS common, CASE WHEN ${at} > 0 THEN ${prefix} || left(${rest}, ${at} - 1) || ${textAfter(delimiter ?? '') ?? ''}
      ELSE o.key || chr(1) END AS next_from
    FROM bucket_objects AS o
    WHERE o.bucket = ${bucket} AND o.key >= ${from} AND starts_with(o.key, ${prefix}) ${end === undefined ? sql`` : sql`AND o.key < ${end}`}
    ORDER BY o.key LIMIT 1)`;
}

/** Where a page begins: behind the entry before it, with all that this one stands for. */
function startOf({ prefix, delimiter, after }: ObjectPage): string {
  if (after === undefined) return prefix;
  const rest = after.startsWith(prefix) ? after.slice(prefix.length) : '';
  const isCommon = delimiter !== undefined && rest !== '' && rest.indexOf(delimiter) === rest.length - delimiter.length;
  const behind = (isCommon ? textAfter(after) : undefined) ?? `${after}\u0001`;
  return Buffer.compare(Buffer.from(behind), Buffer.from(prefix)) > 0 ? behind : prefix;
}
