/** Rows of routers, with the ports that are their devices. */
import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { Router, RouterLeg } from '../../../objects/network.ts';
import type { RoutersTable } from '../../schema/network.ts';
import type { CloudDb, InCloud } from '../../sql/queries.ts';
import { type PageQuery, pageOf } from './pages.ts';

type Leg = RouterLeg & { readonly part: 'interface' | 'gateway' };
type RouterRow = Selectable<RoutersTable> & { legs: Leg[] };

const legs = sql<Leg[]>`
  (SELECT coalesce(jsonb_agg(jsonb_build_object(
      'portId', leg.id, 'networkId', leg.network_id, 'macAddress', leg.mac_address, 'part', leg.router_part,
      'fixedIps', (
        SELECT coalesce(jsonb_agg(jsonb_build_object('subnetId', subnet_id, 'ipAddress', host(ip_address)) ORDER BY family(ip_address), ip_address), '[]')
        FROM ip_allocations WHERE port_id = leg.id)) ORDER BY leg.number), '[]')
   FROM ports AS leg WHERE leg.router_id = routers.id)`.as('legs');

const toLeg = ({ part: _, ...leg }: Leg): RouterLeg => leg;

const toRouter = (row: RouterRow): Router => {
  const gateway = row.legs.find(({ part }) => part === 'gateway');
  return {
    id: row.id,
    number: row.number,
    projectId: row.project_id,
    name: row.name,
    description: row.description,
    adminStateUp: row.admin_state_up,
    isTranslating: row.enable_snat,
    routes: row.routes,
    gateway: gateway ? toLeg(gateway) : null,
    interfaces: row.legs.filter(({ part }) => part === 'interface').map(toLeg),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    revisionNumber: row.revision_number,
    tags: row.tags,
  };
};

const selectRouters = (db: CloudDb) => db.selectFrom('routers').selectAll('routers').select(legs);

export async function insertRouter(trx: InCloud, row: Insertable<RoutersTable>): Promise<void> {
  await trx.insertInto('routers').values(row).execute();
}

/** Those of the routers that exist and that the project owns (null: any project's). */
export async function findRouters(db: CloudDb, ids: readonly string[], projectId: string | null): Promise<readonly Router[]> {
  if (ids.length === 0) return [];
  const select = selectRouters(db).where('routers.id', 'in', ids).orderBy('number');
  return (await (projectId === null ? select : select.where('project_id', '=', projectId)).execute()).map(toRouter);
}

/** A page of a project's routers (null: of all); undefined when the marker is unknown. */
export async function listRouters(db: CloudDb, query: PageQuery, projectId: string | null): Promise<readonly Router[] | undefined> {
  const select = selectRouters(db);
  const rows = await pageOf(db, projectId === null ? select : select.where('project_id', '=', projectId), 'routers', query);
  return rows?.map(toRouter);
}

/** A router, locked until the transaction ends: nobody else changes its devices or leads floating IPs through it meanwhile. */
export async function lockRouter(trx: InCloud, id: string): Promise<Router | undefined> {
  await trx.selectFrom('routers').select('id').where('id', '=', id).forNoKeyUpdate().execute();
  return (await findRouters(trx, [id], null))[0];
}

export async function updateRouter(trx: InCloud, id: string, changes: Updateable<RoutersTable>): Promise<Router | undefined> {
  await trx
    .updateTable('routers')
    .set({ ...changes, updated_at: sql<Date>`now()` })
    .where('id', '=', id)
    .execute();
  return (await findRouters(trx, [id], null))[0];
}

/** Deletes a router; the caller has checked that it has no devices. */
export async function deleteRouter(trx: InCloud, id: string): Promise<void> {
  await trx.deleteFrom('routers').where('id', '=', id).execute();
}

/** The router that has the subnet's gateway address, if one has; undefined for a subnet whose gateway is the host or nobody. */
export async function routerOfGateway(db: CloudDb, subnetId: string): Promise<{ readonly portId: string } | undefined> {
  const { rows } = await sql<{ portId: string }>`
    SELECT leg.id AS "portId" FROM subnets AS subnet
    JOIN ip_allocations AS held ON held.subnet_id = subnet.id AND held.ip_address = subnet.gateway_ip
    JOIN ports AS leg ON leg.id = held.port_id AND leg.router_part = 'interface'
    WHERE subnet.id = ${subnetId}`.execute(db);
  return rows[0];
}

/** The routers that lead from a subnet to an external network; first the one that is the subnet's gateway. */
export async function routersBetween(db: CloudDb, subnetId: string, externalNetworkId: string): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT inner_leg.router_id AS id FROM subnets AS subnet
    JOIN ip_allocations AS held ON held.subnet_id = subnet.id
    JOIN ports AS inner_leg ON inner_leg.id = held.port_id AND inner_leg.router_part = 'interface'
    JOIN ports AS outer_leg ON outer_leg.router_id = inner_leg.router_id AND outer_leg.router_part = 'gateway'
    WHERE subnet.id = ${subnetId} AND outer_leg.network_id = ${externalNetworkId}
    ORDER BY (held.ip_address = subnet.gateway_ip) DESC NULLS LAST, inner_leg.number`.execute(db);
  return [...new Set(rows.map(({ id }) => id))];
}

/**
 * The routers that guests on the networks can reach, one behind the other. External networks lead to all routers, so they are not followed.
 * Every host asks after each change: `IS NOT NULL` has the database read the ports of routers only, by their index.
 */
export async function routersReachedFrom(db: CloudDb, networkIds: readonly string[]): Promise<readonly Router[]> {
  if (networkIds.length === 0) return [];
  const { rows } = await sql<{ id: string }>`
    WITH RECURSIVE reached (network_id) AS (
      SELECT unnest(${[...networkIds]}::uuid[])
      UNION
      SELECT other.network_id FROM reached
      JOIN ports AS mine ON mine.network_id = reached.network_id AND mine.router_part = 'interface' AND mine.router_id IS NOT NULL
      JOIN ports AS other ON other.router_id = mine.router_id AND other.router_part = 'interface'
    )
    SELECT DISTINCT leg.router_id AS id FROM reached JOIN ports AS leg ON leg.network_id = reached.network_id
    WHERE leg.router_part = 'interface' AND leg.router_id IS NOT NULL`.execute(db);
  return await findRouters(
    db,
    rows.map(({ id }) => id),
    null,
  );
}
