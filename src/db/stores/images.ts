/** Rows of images. Who may see what is decided by the image api; here it arrives as a plain condition. */
import { type Expression, type Insertable, type Selectable, type SqlBool, sql, type Updateable } from 'kysely';
import type { ImagesTable } from '../schema/image.ts';
import type { Queries } from './queries.ts';

export type ImageRow = Selectable<ImagesTable>;

/** Who may see: everything, or what a project may. */
export type Sight = { readonly all: true } | { readonly project: string; readonly community: boolean };

/** Filters by column; each names the values that pass. */
export interface ImageFilter {
  readonly sight: Sight;
  readonly columns: Readonly<Partial<Record<keyof ImagesTable, readonly (string | boolean)[]>>>;
  readonly tags: readonly string[];
  readonly properties: Readonly<Record<string, string>>;
  readonly sort: readonly { readonly column: keyof ImagesTable; readonly direction: 'asc' | 'desc' }[];
  readonly marker: string | undefined;
  readonly limit: number;
}

type OptionalColumn = 'name' | 'protected' | 'hidden' | 'disk_format' | 'container_format' | 'min_disk_gb' | 'min_ram_mb';

type NewRow = Partial<Pick<Insertable<ImagesTable>, OptionalColumn>> &
  Pick<Insertable<ImagesTable>, 'id' | 'owner' | 'visibility'> & {
    readonly tags: readonly string[];
    readonly properties: Readonly<Record<string, string>>;
  };

/** Adds a queued image; undefined if the id was ever taken. */
export async function insertImage(db: Queries, row: NewRow): Promise<ImageRow | undefined> {
  const { tags, properties, ...columns } = row;
  return await db
    .insertInto('images')
    .values({
      name: null,
      protected: false,
      hidden: false,
      disk_format: null,
      container_format: null,
      min_disk_gb: 0,
      min_ram_mb: 0,
      ...columns,
      status: 'queued',
      tags: JSON.stringify(tags),
      properties: JSON.stringify(properties),
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returningAll()
    .executeTakeFirst();
}

export const findImage = (db: Queries, id: string, sight: Sight): Promise<ImageRow | undefined> =>
  db.selectFrom('images').selectAll().where('id', '=', id).where('status', '!=', 'deleted').where(visibleTo(sight)).executeTakeFirst();

/** Changes a row if it is (still) in one of the states; undefined if it is not. */
export const changeImage = (
  db: Queries,
  from: { readonly id: string; readonly status: readonly ImagesTable['status'][]; readonly upload?: string },
  changes: Updateable<ImagesTable>,
): Promise<ImageRow | undefined> =>
  db
    .updateTable('images')
    .set({ ...changes, updated_at: sql<Date>`now()` })
    .where('id', '=', from.id)
    .where('status', 'in', from.status)
    .$if(from.upload !== undefined, (query) => query.where('upload', '=', from.upload ?? ''))
    .returningAll()
    .executeTakeFirst();

/** Answers whether it was there. The row stays, so that its id is never given again. */
export async function markImageDeleted(db: Queries, id: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('images')
    .set({ status: 'deleted', upload: null, deleted_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('status', '!=', 'deleted')
    .where('protected', '=', false)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Uploads that a crash interrupted wait for data again; answers how many. */
export async function resetUploads(db: Queries): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('images')
    .set({ status: 'queued', upload: null, updated_at: sql<Date>`now()` })
    .where('status', '=', 'saving')
    .executeTakeFirstOrThrow();
  return Number(numUpdatedRows);
}

/** Those of the ids whose data is wanted. */
export async function activeImageIds(db: Queries, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = await db.selectFrom('images').select('id').where('id', 'in', ids).where('status', '=', 'active').execute();
  return new Set(rows.map((row) => row.id));
}

/** A page of images, in the order asked for, then by id. */
export async function listImages(db: Queries, filter: ImageFilter): Promise<readonly ImageRow[]> {
  let query = db.selectFrom('images').selectAll().where('status', '!=', 'deleted').where(visibleTo(filter.sight)).limit(filter.limit);
  for (const [column, values] of Object.entries(filter.columns))
    query = query.where(sql`${sql.ref(column)}::text`, 'in', values.map(String));
  for (const tag of filter.tags) query = query.where(sql<SqlBool>`tags ? ${tag}`);
  for (const [key, value] of Object.entries(filter.properties)) query = query.where(sql<SqlBool>`properties ->> ${key} = ${value}`);
  const sort = [...filter.sort, { column: 'number' as const, direction: filter.sort.at(-1)?.direction ?? 'desc' }];
  for (const { column, direction } of sort) query = query.orderBy(sortable(column), direction);
  return await (filter.marker === undefined ? query : query.where(after(filter.marker, sort))).execute();
}

/** Missing values sort before all others, so that every value can be compared. */
const sortable = (column: keyof ImagesTable): Expression<unknown> => {
  if (column === 'size_bytes') return sql`coalesce(size_bytes, -1)`;
  return column === 'created_at' || column === 'updated_at' || column === 'number'
    ? sql.ref(column)
    : sql`coalesce(${sql.ref(column)}::text, '')`;
};

/** Rows that come after the marker's. Its values are compared in the database: a Date would lose the microseconds. */
function after(marker: string, sort: ImageFilter['sort']): Expression<SqlBool> {
  const ofMarker = (column: keyof ImagesTable) => sql`(SELECT ${sortable(column)} FROM images WHERE id = ${marker})`;
  const ways = sort.map(({ column, direction }, index) => {
    const equal = sort.slice(0, index).map((before) => sql<SqlBool>`${sortable(before.column)} = ${ofMarker(before.column)}`);
    const beyond = sql<SqlBool>`${sortable(column)} ${sql.raw(direction === 'asc' ? '>' : '<')} ${ofMarker(column)}`;
    return sql<SqlBool>`(${sql.join([...equal, beyond], sql` AND `)})`;
  });
  return sql<SqlBool>`(${sql.join(ways, sql` OR `)})`;
}

function visibleTo(sight: Sight): Expression<SqlBool> {
  if ('all' in sight) return sql<SqlBool>`true`;
  const community = sight.community ? sql<SqlBool>`visibility IN ('public', 'community')` : sql<SqlBool>`visibility = 'public'`;
  return sql<SqlBool>`(owner = ${sight.project} OR ${community})`;
}
