/** Pages of images: filters are conditions on rows, and the order is total, so a page can begin after any row. */
import { type Expression, type SqlBool, sql } from 'kysely';
import type { ImagesTable } from '../../schema/image.ts';
import { type ImageRow, type Sight, visibleTo } from './images.ts';
import { nullsAs, paged } from '../../sql/paging.ts';
import type { CloudDb } from '../../sql/queries.ts';

/** Comparisons and their SQL operators. */
const operators = { eq: '=', neq: '<>', lt: '<', lte: '<=', gt: '>', gte: '>=' } as const;

type Comparison = keyof typeof operators;

/** A condition on a column. */
export type ColumnTest =
  | { readonly column: 'size_bytes'; readonly is: Comparison; readonly value: number }
  | { readonly column: 'created_at' | 'updated_at'; readonly is: Comparison; readonly value: Date };

/** Which images a page shows. */
export interface ImageFilter {
  readonly sight: Sight;
  /** The accepted values of each column. */
  readonly columns: Readonly<Partial<Record<keyof ImagesTable, readonly (string | boolean | number)[]>>>;
  readonly tests: readonly ColumnTest[];
  /** Tags that an image must all have. */
  readonly tags: readonly string[];
  readonly properties: Readonly<Record<string, string>>;
  readonly sort: readonly { readonly column: keyof ImagesTable; readonly direction: 'asc' | 'desc' }[];
  /** The id of the last image of the previous page. */
  readonly marker: string | undefined;
  readonly limit: number;
}

/** A page of images, in the requested order, then by age; none after an unknown marker. */
export async function listImages(db: CloudDb, filter: ImageFilter): Promise<readonly ImageRow[]> {
  let query = db.selectFrom('images').selectAll().where('status', '!=', 'deleted').where(visibleTo(filter.sight));
  for (const [column, values] of Object.entries(filter.columns))
    query = query.where(sql`${sql.ref(column)}::text`, 'in', values.map(String));
  for (const test of filter.tests) query = query.where(passes(test));
  for (const tag of filter.tags) query = query.where(sql<SqlBool>`tags ? ${tag}`);
  for (const [key, value] of Object.entries(filter.properties)) query = query.where(sql<SqlBool>`properties ->> ${key} = ${value}`);
  const { sort, limit, marker } = filter;
  const order = [...sort, { column: 'number' as const, direction: sort.at(-1)?.direction ?? 'desc' }];
  return await paged(query, {
    order: order.map(({ column, direction }) => ({ by: sortable(column), direction })),
    limit,
    after: marker === undefined ? undefined : { from: sql`images`, where: sql`id = ${marker}` },
  }).execute();
}

/** Times are compared in whole seconds, as they are shown: a time that a client has read must match. */
function passes({ column, is, value }: ColumnTest): Expression<SqlBool> {
  const left = column === 'size_bytes' ? sql.ref(column) : sql`date_trunc('second', ${sql.ref(column)})`;
  return sql<SqlBool>`${left} ${sql.raw(operators[is])} ${value}`;
}

/** Missing values sort first. */
const sortable = (column: keyof ImagesTable): Expression<unknown> => {
  if (column === 'size_bytes') return nullsAs(sql`-1`, sql.ref(column));
  return column === 'created_at' || column === 'updated_at' || column === 'number'
    ? sql.ref(column)
    : nullsAs(sql`''`, sql`${sql.ref(column)}::text`);
};
