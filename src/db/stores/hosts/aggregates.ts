/** Aggregates of hosts. */
import { type Selectable, sql } from 'kysely';
import type { Aggregate, AggregateMetadata } from '../../../objects/aggregate.ts';
import { asId, type HostName } from '../../../objects/ids.ts';
import type { AggregatesTable } from '../../schema/hosts.ts';
import type { CellDb, InCell } from '../../sql/queries.ts';

type Row = Selectable<AggregatesTable> & { readonly hosts: readonly HostName[] };

const toAggregate = (row: Row): Aggregate => ({
  id: row.id,
  uuid: row.uuid,
  name: row.name,
  hosts: row.hosts,
  metadata: row.metadata,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

const withHosts = (db: CellDb) =>
  db
    .selectFrom('aggregates')
    .selectAll()
    .select(
      sql<HostName[]>`coalesce((SELECT json_agg(host ORDER BY host) FROM aggregate_hosts WHERE aggregate_id = aggregates.id), '[]')`.as(
        'hosts',
      ),
    );

/** All aggregates, oldest first: operators have some dozens. */
export const listAggregates = async (db: CellDb): Promise<readonly Aggregate[]> =>
  (await withHosts(db).orderBy('id').execute()).map(toAggregate);

export async function findAggregate(db: CellDb, id: number): Promise<Aggregate | undefined> {
  const row = await withHosts(db).where('id', '=', id).executeTakeFirst();
  return row && toAggregate(row);
}

/** Lets nobody else change an aggregate until the transaction ends: what one may do depends on the others. */
export const holdAggregates = async (trx: InCell): Promise<void> =>
  void (await sql`LOCK TABLE aggregates IN SHARE ROW EXCLUSIVE MODE`.execute(trx));

/** Whether another aggregate has this name. */
export async function isAggregateName(db: CellDb, name: string, { except = 0 }: { readonly except?: number } = {}): Promise<boolean> {
  const row = await db.selectFrom('aggregates').select('id').where('name', '=', name).where('id', '<>', except).executeTakeFirst();
  return row !== undefined;
}

/** Makes an aggregate without hosts. @returns its id */
export async function insertAggregate(
  trx: InCell,
  { uuid, name, metadata }: Pick<Aggregate, 'uuid' | 'name' | 'metadata'>,
): Promise<number> {
  const made = { uuid, name, metadata: JSON.stringify(metadata) };
  const { id } = await trx.insertInto('aggregates').values(made).returning('id').executeTakeFirstOrThrow();
  return id;
}

/** Replaces the name or the metadata of an aggregate. */
export async function updateAggregate(
  trx: InCell,
  id: number,
  { name, metadata }: { readonly name?: string; readonly metadata?: AggregateMetadata },
): Promise<void> {
  const changes = { ...(name === undefined ? {} : { name }), ...(metadata ? { metadata: JSON.stringify(metadata) } : {}) };
  await trx
    .updateTable('aggregates')
    .set({ ...changes, updated_at: sql`now()` })
    .where('id', '=', id)
    .execute();
}

/** Deletes an aggregate without hosts. */
export async function deleteAggregate(trx: InCell, id: number): Promise<void> {
  await trx.deleteFrom('aggregates').where('id', '=', id).execute();
}

export async function addHost(trx: InCell, aggregateId: number, host: HostName): Promise<void> {
  await trx.insertInto('aggregate_hosts').values({ aggregate_id: aggregateId, host }).execute();
}

export async function removeHost(trx: InCell, aggregateId: number, host: HostName): Promise<void> {
  await trx.deleteFrom('aggregate_hosts').where('aggregate_id', '=', aggregateId).where('host', '=', host).execute();
}

/** What decides whether the availability zone of a host may change. */
export interface ZonedHost {
  readonly host: HostName;
  /** The zone that it has without aggregates. */
  readonly ownZone: string;
  /** The zones that its other aggregates give it. */
  readonly otherZones: readonly string[];
  /** Whether servers are there, come or leave. */
  readonly hasServers: boolean;
}

/**
 * Locks hosts and tells what decides about their zones, besides one aggregate. Claims lock a host's inventories, so no server is placed
 * there until the transaction ends. Unknown hosts are left out.
 */
export async function holdHosts(trx: InCell, hosts: readonly HostName[], besides: number): Promise<readonly ZonedHost[]> {
  const wanted = [...hosts];
  await sql`SELECT FROM inventories WHERE host = ANY(${wanted}) ORDER BY host, resource_class FOR UPDATE`.execute(trx);
  await sql`SELECT FROM compute_nodes WHERE host = ANY(${wanted}) ORDER BY host FOR KEY SHARE`.execute(trx);
  const { rows } = await sql<ZonedHost>`
    SELECT node.host, service.zone AS "ownZone",
      EXISTS (SELECT FROM placements WHERE placements.host = node.host) AS "hasServers",
      coalesce((
        SELECT json_agg(DISTINCT zoned.metadata ->> 'availability_zone')
        FROM aggregate_hosts AS member JOIN aggregates AS zoned ON zoned.id = member.aggregate_id
        WHERE member.host = node.host AND zoned.id <> ${besides} AND zoned.metadata ->> 'availability_zone' IS NOT NULL
      ), '[]') AS "otherZones"
    FROM compute_nodes AS node JOIN services AS service ON service.host = node.host AND service."binary" = 'nova-compute'
    WHERE node.host = ANY(${wanted}) ORDER BY node.host`.execute(trx);
  return rows.map((row) => ({ ...row, host: asId<HostName>(row.host) }));
}
