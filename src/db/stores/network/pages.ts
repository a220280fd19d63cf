/** Pages of the network service's lists: any simple column filters and sorts, as clients of Neutron expect. */
import { type Expression, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import type { Database } from '../../schema/index.ts';
import type { NetworkTables } from '../../schema/network.ts';
import { isUuid } from '../../../objects/ids.ts';
import { nullsAs, readPage } from '../../sql/paging.ts';
import type { CloudDb } from '../../sql/queries.ts';
import { floatingRouter, floatingStatus, floatingTargetOf } from './floating-columns.ts';
import { isSharedWith, type SharedTable } from './sharing.ts';

/** A page of a list. Column names are ours, never a client's text. */
export interface PageQuery {
  /** The accepted values of each column, as text. */
  readonly columns: Readonly<Record<string, readonly string[]>>;
  /** Conditions on more than one column. */
  readonly conditions?: readonly Expression<SqlBool>[];
  readonly sort: readonly { readonly column: string; readonly direction: 'asc' | 'desc' }[];
  /** The id of the last row of the previous page. */
  readonly marker?: string;
  /** The page that ends before the marker, in the same order. */
  readonly isReverse?: boolean;
  readonly limit: number;
}

/** @returns undefined when the marker is unknown */
export async function pageOf<T extends keyof NetworkTables, O>(
  db: CloudDb,
  base: SelectQueryBuilder<Database, T, O>,
  table: T,
  { columns, conditions = [], sort, marker, isReverse, limit }: PageQuery,
): Promise<readonly O[] | undefined> {
  if (marker !== undefined && !isUuid(marker)) return undefined;
  let select = base;
  for (const [column, values] of Object.entries(columns))
    select = select.where(sql<SqlBool>`${textOf(table, column)} = ANY(${[...values]})`);
  for (const condition of conditions) select = select.where(condition);
  const order = [...sort, { column: 'number', direction: 'asc' as const }];
  return await readPage(db, select, {
    order: order.map(({ column, direction }) => ({ by: sortable(table, column), direction })),
    limit,
    isReverse,
    after: marker === undefined ? undefined : { from: sql.table(table), where: sql`id = ${marker}` },
  });
}

const ADDRESSES = ['gateway_ip', 'address', 'fixed_ip'];

/** The host of a port's active binding, in a query over ports. */
export const activeHost = sql`SELECT host FROM port_bindings WHERE port_id = ports.id AND is_active`;

/** The host that a port shows: where its guest runs or, without one, where an admin wants it. */
const shownHost = sql`coalesce((${activeHost}), wanted_host)`;

/** The address scope of a network's subnets of a version. */
const scopeOf = (ipVersion: 4 | 6) => sql`(
  SELECT pool.address_scope_id FROM subnets JOIN subnet_pools AS pool ON pool.id = subnets.subnet_pool_id
  WHERE subnets.network_id = networks.id AND pool.ip_version = ${ipVersion} LIMIT 1)`;

/** What everybody may use is shared; who asks makes a difference only to filters (`askedBy`). */
const lent = (table: SharedTable) => ({ shared: isSharedWith(table, null) });

/** What is listed like a column, by table. */
export const expressions: Readonly<Record<string, Readonly<Record<string, Expression<unknown>>>>> = {
  ports: { host: shownHost },
  security_groups: lent('security_groups'),
  address_scopes: lent('address_scopes'),
  subnet_pools: lent('subnet_pools'),
  qos_policies: lent('qos_policies'),
  networks: { ipv4_address_scope: scopeOf(4), ipv6_address_scope: scopeOf(6) },
  floating_ips: {
    status: floatingStatus,
    port_id: floatingTargetOf(sql`port_id`),
    router_id: floatingRouter,
    fixed_ip: floatingTargetOf(sql`fixed_ip`),
  },
};

/** A column, or an expression that is listed like one. */
const valueOf = (table: string, column: string): Expression<unknown> => expressions[table]?.[column] ?? sql.ref(`${table}.${column}`);

/** A column as clients write it: null is the empty text, an address has no prefix length. */
const textOf = (table: string, column: string): Expression<unknown> =>
  nullsAs(sql`''`, ADDRESSES.includes(column) ? sql`host(${valueOf(table, column)})` : sql`${valueOf(table, column)}::text`);

/** Times and numbers sort by value, everything else as text. */
const sortable = (table: string, column: string): Expression<unknown> =>
  ['number', 'created_at', 'updated_at', 'mtu'].includes(column) ? sql`${sql.ref(`${table}.${column}`)}` : textOf(table, column);

/** The query with its filter by `shared` as a condition: whether a row is shared depends on who asks. */
export function askedBy(table: SharedTable, projectId: string | null, { columns, conditions = [], ...query }: PageQuery): PageQuery {
  const { shared, ...others } = columns;
  if (!shared) return { ...query, columns, conditions };
  const isShared = sql<SqlBool>`${isSharedWith(table, projectId)}::text = ANY(${[...shared]})`;
  return { ...query, columns: others, conditions: [...conditions, isShared] };
}
