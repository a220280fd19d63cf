/** Rows of networks and subnets. */
import { type Expression, type Insertable, type Selectable, type SqlBool, sql, type Updateable } from 'kysely';
import { invariant } from '../../../lib/errors/invariant.ts';
import { asId, type NetworkId } from '../../../objects/ids.ts';
import type { Network, Subnet } from '../../../objects/network.ts';
import type { NetworksTable, SubnetsTable } from '../../schema/network.ts';
import { batched } from '../../sql/batch-queries.ts';
import { askedBy, type PageQuery, pageOf } from './pages.ts';
import { isSharedWith, isSharedWithAny, seenBy } from './sharing.ts';
import type { CloudDb, InCloud } from '../../sql/queries.ts';

type NetworkRow = Selectable<NetworksTable> & { subnet_ids: string[]; is_shared: boolean; scopes: Network['addressScopes'] };

const subnetIds = sql<string[]>`
  (SELECT coalesce(jsonb_agg(subnets.id ORDER BY subnets.number), '[]') FROM subnets WHERE subnets.network_id = networks.id)`.as(
  'subnet_ids',
);

const scopes = sql<Network['addressScopes']>`
  (SELECT coalesce(jsonb_object_agg(pool.ip_version, pool.address_scope_id), '{}') FROM subnets JOIN subnet_pools AS pool ON pool.id = subnets.subnet_pool_id
   WHERE subnets.network_id = networks.id AND pool.address_scope_id IS NOT NULL)`.as('scopes');

const toNetwork = (row: NetworkRow): Network => ({
  id: asId<NetworkId>(row.id),
  number: row.number,
  projectId: row.project_id,
  name: row.name,
  description: row.description,
  isShared: row.is_shared,
  isExternal: row.external,
  adminStateUp: row.admin_state_up,
  portSecurityEnabled: row.port_security_enabled,
  mtu: row.mtu,
  qosPolicyId: row.qos_policy_id,
  bridge: row.bridge,
  networkType: row.network_type,
  vni: row.vni,
  subnetIds: row.subnet_ids,
  addressScopes: row.scopes,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  revisionNumber: row.revision_number,
  tags: row.tags,
});

const toSubnet = (row: Selectable<SubnetsTable>): Subnet => ({
  id: row.id,
  number: row.number,
  networkId: asId<NetworkId>(row.network_id),
  projectId: row.project_id,
  name: row.name,
  description: row.description,
  ipVersion: row.ip_version,
  cidr: row.cidr,
  gatewayIp: row.gateway_ip,
  hostIp: row.host_ip,
  isRouted: row.is_routed,
  enableDhcp: row.enable_dhcp,
  allocationPools: row.allocation_pools,
  dnsNameservers: row.dns_nameservers,
  hostRoutes: row.host_routes,
  ipv6RaMode: row.ipv6_ra_mode,
  ipv6AddressMode: row.ipv6_address_mode,
  subnetPoolId: row.subnet_pool_id,
  serviceTypes: row.service_types,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  revisionNumber: row.revision_number,
  tags: row.tags,
});

export async function insertNetwork(db: CloudDb, row: Insertable<NetworksTable>): Promise<Network> {
  const made = await db.insertInto('networks').values(row).returningAll().executeTakeFirstOrThrow();
  return toNetwork({ ...made, subnet_ids: [], is_shared: made.shared, scopes: {} });
}

/** A number that no network has: the next one, unless an admin gave that to a network. */
export async function freeSegment(trx: InCloud): Promise<number> {
  const { rows } = await sql<{ next: number }>`
    SELECT next FROM (SELECT nextval('network_segments')::integer AS next FROM generate_series(1, ${SEGMENTS_TRIED}::integer)) AS tried
    WHERE NOT EXISTS (SELECT FROM networks WHERE segmentation_id = tried.next) LIMIT 1`.execute(trx);
  const [found] = rows;
  invariant(found, 'of many numbers one is free');
  return found.next;
}

const SEGMENTS_TRIED = 10_000;

/** Nobody else takes the number until the transaction ends. */
export async function lockSegment(trx: InCloud, vni: number): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtext('segment'), ${vni})`.execute(trx);
}

/** Whether a network has the number. */
export async function hasSegment(trx: InCloud, vni: number): Promise<boolean> {
  return (await trx.selectFrom('networks').select('id').where('segmentation_id', '=', vni).executeTakeFirst()) !== undefined;
}

/** Networks as a project sees them (null: as nobody's in particular). */
const selectNetworks = (db: CloudDb, projectId: string | null = null) =>
  db
    .selectFrom('networks')
    .selectAll('networks')
    .select([subnetIds, scopes, isSharedWith('networks', projectId).as('is_shared')]);

/** Those of the networks that exist and that the project may see (null: any project's). */
export async function findNetworks(db: CloudDb, ids: readonly string[], projectId: string | null): Promise<readonly Network[]> {
  if (ids.length === 0) return [];
  const select = selectNetworks(db, projectId).where('id', 'in', ids).orderBy('number');
  return (await (projectId === null ? select : select.where(seenBy('networks', projectId))).execute()).map(toNetwork);
}

/** Default networks for a project's new server when the request names none: the project's own, or else the shared ones. */
export const candidateNetworks = batched(
  (projectId: string) => projectId,
  async (db: CloudDb, projectIds: readonly string[]): Promise<readonly (readonly Network[])[]> => {
    const targets = sql<string[]>`
      ARRAY(SELECT target_project FROM rbac_policies WHERE object_id = networks.id AND action = 'access_as_shared')`;
    const rows = await selectNetworks(db)
      .select(targets.as('targets'))
      .where('external', '=', false)
      .where(sql<boolean>`(project_id = ANY(${[...projectIds]}) OR ${isSharedWithAny('networks', projectIds)})`)
      .orderBy('number')
      .execute();
    return projectIds.map((projectId) => {
      const isShared = ({ targets: those }: (typeof rows)[number]) => those.includes('*') || those.includes(projectId);
      const own = rows.filter((row) => !isShared(row) && row.project_id === projectId);
      return (own.length > 0 ? own : rows.filter(isShared)).map((row) => toNetwork({ ...row, is_shared: isShared(row) }));
    });
  },
);

/** A page of networks that the project may see (null: all); undefined when the marker is unknown. */
export async function listNetworks(db: CloudDb, query: PageQuery, projectId: string | null): Promise<readonly Network[] | undefined> {
  const select = selectNetworks(db, projectId);
  const seen = projectId === null ? select : select.where(seenBy('networks', projectId));
  const rows = await pageOf(db, seen, 'networks', askedBy('networks', projectId, query));
  return rows?.map(toNetwork);
}

/** Prevents networks from being deleted until the transaction ends. @returns those that exist */
export async function holdNetworks(trx: InCloud, ids: readonly string[]): Promise<readonly string[]> {
  if (ids.length === 0) return [];
  const rows = await trx.selectFrom('networks').select('id').where('id', 'in', ids).orderBy('number').forKeyShare().execute();
  return rows.map(({ id }) => id);
}

/** Locks a network until the transaction ends: nobody else adds ports or subnets meanwhile. @returns whether it exists */
export async function lockNetwork(trx: InCloud, id: string): Promise<boolean> {
  return (await trx.selectFrom('networks').select('id').where('id', '=', id).forUpdate().executeTakeFirst()) !== undefined;
}

/** Something that belongs to networks has changed: it shows in their revisions. */
export async function touchNetworks(trx: InCloud, ids: readonly string[]): Promise<void> {
  await trx.updateTable('networks').set({ updated_at: sql<Date>`now()` }).where('id', 'in', ids).execute();
}

export async function updateNetwork(db: CloudDb, id: string, changes: Updateable<NetworksTable>): Promise<Network | undefined> {
  await db
    .updateTable('networks')
    .set({ ...changes, updated_at: sql<Date>`now()` })
    .where('id', '=', id)
    .execute();
  const row = await selectNetworks(db).where('id', '=', id).executeTakeFirst();
  return row && toNetwork(row);
}

/** Makes a network what its policies say of it; undefined where it was so already. */
export async function settleNetwork(trx: InCloud, id: string, flag: 'shared' | 'external', holds: boolean): Promise<Network | undefined> {
  const { numUpdatedRows } = await trx
    .updateTable('networks')
    .set({ [flag]: holds, updated_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where(flag, '!=', holds)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 0n ? undefined : (await findNetworks(trx, [id], null))[0];
}

/** Deletes a network with its subnets; the caller has checked that it has no ports. */
export async function deleteNetwork(trx: InCloud, id: string): Promise<void> {
  await trx.deleteFrom('subnets').where('network_id', '=', id).execute();
  await trx.deleteFrom('networks').where('id', '=', id).execute();
}

export async function insertSubnet(db: CloudDb, row: Insertable<SubnetsTable>): Promise<Subnet> {
  return toSubnet(await db.insertInto('subnets').values(row).returningAll().executeTakeFirstOrThrow());
}

/** Those of the subnets that exist and that the project may see: its own and those of shared networks (null: any project's). */
export async function findSubnets(db: CloudDb, ids: readonly string[], projectId: string | null): Promise<readonly Subnet[]> {
  if (ids.length === 0) return [];
  const select = db.selectFrom('subnets').selectAll().where('id', 'in', ids).orderBy('number');
  return (await (projectId === null ? select : select.where(visibleSubnets(projectId))).execute()).map(toSubnet);
}

const visibleSubnets = (projectId: string): Expression<SqlBool> =>
  sql<SqlBool>`(subnets.project_id = ${projectId} OR subnets.network_id IN (
    SELECT id FROM networks WHERE project_id = ${projectId} OR ${isSharedWith('networks', projectId)}))`;

export async function listSubnets(db: CloudDb, query: PageQuery, projectId: string | null): Promise<readonly Subnet[] | undefined> {
  const select = db.selectFrom('subnets').selectAll();
  const rows = await pageOf(db, projectId === null ? select : select.where(visibleSubnets(projectId)), 'subnets', query);
  return rows?.map(toSubnet);
}

export async function subnetsOf(db: CloudDb, networkIds: readonly string[]): Promise<readonly Subnet[]> {
  if (networkIds.length === 0) return [];
  return (await db.selectFrom('subnets').selectAll().where('network_id', 'in', networkIds).orderBy('number').execute()).map(toSubnet);
}

/** The same, locked for allocating addresses. All are locked at once and in one order, to avoid deadlocks. */
export async function lockSubnetsOf(trx: InCloud, networkIds: readonly string[]): Promise<readonly Subnet[]> {
  if (networkIds.length === 0) return [];
  const select = trx.selectFrom('subnets').selectAll().where('network_id', 'in', networkIds).orderBy('number').forNoKeyUpdate();
  return (await select.execute()).map(toSubnet);
}

export async function updateSubnet(db: CloudDb, id: string, changes: Updateable<SubnetsTable>): Promise<Subnet | undefined> {
  const row = await db
    .updateTable('subnets')
    .set({ ...changes, updated_at: sql<Date>`now()` })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
  return row && toSubnet(row);
}

export async function deleteSubnet(db: CloudDb, id: string): Promise<void> {
  await db.deleteFrom('subnets').where('id', '=', id).execute();
}
