import { type InsertObject, type Selectable, sql, type Updateable } from 'kysely';
import { asId, type HostName, type ServerId } from '../../../objects/ids.ts';
import type { Server } from '../../../objects/server.ts';
import type { ServerVolume } from '../../../objects/server-volume.ts';
import type { ServersTable } from '../../schema/servers.ts';
import type { Database } from '../../schema/index.ts';
import type { CellDb, InCell } from '../../sql/queries.ts';
import type { NewerAddresses } from './addresses.ts';

export const toServer = (row: Selectable<ServersTable>): Server => ({
  id: asId<ServerId>(row.id),
  number: row.number,
  projectId: row.project_id,
  userId: row.user_id,
  name: row.name,
  description: row.description,
  hostname: row.hostname,
  vmState: row.vm_state,
  taskState: row.task_state,
  powerState: row.power_state,
  workflowId: row.workflow_id,
  host: row.host === null ? null : asId<HostName>(row.host),
  node: row.node,
  requestedZone: row.requested_zone,
  zone: row.zone,
  flavor: row.flavor,
  image: row.image,
  keyName: row.key_name,
  publicKey: row.public_key,
  userData: row.user_data,
  metadata: row.metadata,
  tags: row.tags,
  files: row.files,
  trustedCertificates: row.trusted_certificates,
  schedulerHints: row.scheduler_hints,
  securityGroups: row.security_groups,
  networkInfo: row.network_info,
  volumes: row.volumes,
  configDrive: row.config_drive,
  diskConfig: row.disk_config,
  accessIpV4: row.access_ip_v4,
  accessIpV6: row.access_ip_v6,
  progress: row.progress,
  lockedBy: row.locked_by,
  lockedReason: row.locked_reason,
  reservationId: row.reservation_id,
  launchIndex: row.launch_index,
  rootDeviceName: row.root_device_name,
  guestNameTemplate: row.guest_name_template,
  fault: row.fault && { ...row.fault, createdAt: new Date(row.fault.createdAt) },
  shelved: row.shelved,
  creator: row.creator,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  launchedAt: row.launched_at,
  terminatedAt: row.terminated_at,
});

/** What the creator of a server specifies; other columns have defaults. */
export type NewServer = Pick<
  Server,
  | 'id'
  | 'projectId'
  | 'userId'
  | 'name'
  | 'description'
  | 'hostname'
  | 'requestedZone'
  | 'flavor'
  | 'image'
  | 'keyName'
  | 'publicKey'
  | 'userData'
  | 'metadata'
  | 'tags'
  | 'files'
  | 'trustedCertificates'
  | 'schedulerHints'
  | 'securityGroups'
  | 'configDrive'
  | 'diskConfig'
  | 'accessIpV4'
  | 'accessIpV6'
  | 'reservationId'
  | 'launchIndex'
  | 'rootDeviceName'
  | 'guestNameTemplate'
  | 'creator'
> & {
  readonly volumes?: readonly ServerVolume[];
  /** For its first guest, if that is to be told. */
  readonly adminPassword?: string;
};

/** The row of a new server: `building`, held by the workflow that builds it. */
export const newRow = (server: NewServer, workflowId: string): InsertObject<Database, 'servers'> => ({
  id: server.id,
  project_id: server.projectId,
  user_id: server.userId,
  name: server.name,
  description: server.description,
  hostname: server.hostname,
  vm_state: sql.lit('building'),
  task_state: sql.lit('scheduling'),
  workflow_id: workflowId,
  requested_zone: server.requestedZone,
  flavor: JSON.stringify(server.flavor),
  image: server.image && JSON.stringify(server.image),
  key_name: server.keyName,
  public_key: server.publicKey,
  user_data: server.userData,
  metadata: JSON.stringify(server.metadata),
  tags: JSON.stringify(server.tags),
  files: JSON.stringify(server.files),
  trusted_certificates: server.trustedCertificates && JSON.stringify(server.trustedCertificates),
  scheduler_hints: JSON.stringify(server.schedulerHints),
  security_groups: JSON.stringify(server.securityGroups),
  network_info: sql.lit('[]'),
  ...(server.volumes && { volumes: JSON.stringify(server.volumes) }),
  config_drive: server.configDrive,
  disk_config: server.diskConfig,
  access_ip_v4: server.accessIpV4,
  access_ip_v6: server.accessIpV6,
  reservation_id: server.reservationId,
  launch_index: server.launchIndex,
  root_device_name: server.rootDeviceName,
  guest_name_template: server.guestNameTemplate,
  admin_password: server.adminPassword ?? null,
  creator: server.creator && JSON.stringify(server.creator),
});

/** The servers with these ids; those of one reservation are in order of creation. */
export async function findServers(db: CellDb, ids: readonly string[]): Promise<readonly Server[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom('servers')
    .selectAll()
    .where('id', 'in', [...ids])
    .orderBy('launch_index')
    .execute();
  return rows.map(toServer);
}

/** The server, locked until the transaction ends. */
export async function lockServer(trx: InCell, id: string): Promise<Server | undefined> {
  const row = await trx.selectFrom('servers').selectAll().where('id', '=', id).forNoKeyUpdate().executeTakeFirst();
  return row && toServer(row);
}

/** The part of a server's state that only the holder of its task state may change. */
export type ServerState = Pick<
  Updateable<ServersTable>,
  | 'vm_state'
  | 'task_state'
  | 'power_state'
  | 'workflow_id'
  | 'host'
  | 'node'
  | 'zone'
  | 'network_info'
  | 'flavor'
  | 'image'
  | 'fault'
  | 'progress'
  | 'launched_at'
  | 'terminated_at'
  | 'deleted_at'
  | 'shelved'
  | 'volumes'
>;

/**
 * The compare-and-set on which all operations rely: moves a server from one state and holder to the next.
 * @returns the changed server, or undefined when it was not in the expected state
 */
export async function takeServer(
  trx: InCell,
  expected: Pick<Server, 'id' | 'vmState' | 'taskState' | 'workflowId'>,
  next: ServerState,
): Promise<Server | undefined> {
  const row = await trx
    .updateTable('servers')
    .set({ ...next, updated_at: sql`now()` })
    .where('id', '=', expected.id)
    .where('vm_state', '=', expected.vmState)
    .where('task_state', 'is not distinct from', expected.taskState)
    .where('workflow_id', 'is not distinct from', expected.workflowId)
    .returningAll()
    .executeTakeFirst();
  return row && toServer(row);
}

/**
 * Saves what a step of the holding workflow did. Fenced: a no-op when another workflow holds the server.
 * @returns the changed server, or undefined when the workflow no longer holds it
 */
export async function advanceServer(
  db: CellDb,
  id: ServerId,
  workflowId: string,
  next: ServerState | (Omit<ServerState, 'network_info'> & NewerAddresses),
): Promise<Server | undefined> {
  const row = await db
    .updateTable('servers')
    .set({ ...next, updated_at: sql`now()` })
    .where('id', '=', id)
    .where('workflow_id', '=', workflowId)
    .returningAll()
    .executeTakeFirst();
  return row && toServer(row);
}

/** What an owner may change without work on the guest. */
export type ServerDetails = Pick<
  Updateable<ServersTable>,
  | 'name'
  | 'description'
  | 'hostname'
  | 'access_ip_v4'
  | 'access_ip_v6'
  | 'disk_config'
  | 'metadata'
  | 'tags'
  | 'locked_by'
  | 'locked_reason'
  | 'image'
  | 'key_name'
  | 'public_key'
  | 'user_data'
  | 'files'
  | 'trusted_certificates'
  | 'progress'
  | 'vm_state'
  | 'task_state'
  | 'workflow_id'
  | 'config_drive'
  | 'admin_password'
  | 'guest_password'
  | 'requested_zone'
  | 'volumes'
>;

/** Changes the record of a server that this transaction has locked. */
export const changeServer = async (trx: InCell, id: ServerId, details: ServerDetails): Promise<Server> =>
  toServer(
    await trx
      .updateTable('servers')
      .set({ ...details, updated_at: sql`now()` })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow(),
  );

/** Marks a server as deleted that holds no resources any more; the record stays for lookups. Call it under the server's lock. */
export async function endServer(trx: InCell, id: ServerId): Promise<Server> {
  await trx.deleteFrom('server_group_members').where('server_id', '=', id).execute();
  return toServer(
    await trx
      .updateTable('servers')
      .set({ vm_state: 'deleted', power_state: 'pending', network_info: '[]', terminated_at: sql`now()`, updated_at: sql`now()` })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow(),
  );
}

/** Saves a power state that the hypervisor reported, unless an operation on the server is in progress. */
export async function correctPower(
  trx: InCell,
  correction: { readonly id: ServerId; readonly host: HostName; readonly from: Server['vmState']; readonly next: ServerState },
): Promise<Server | undefined> {
  const row = await trx
    .updateTable('servers')
    .set({ ...correction.next, updated_at: sql`now()` })
    .where('id', '=', correction.id)
    .where('host', '=', correction.host)
    .where('vm_state', '=', correction.from)
    .where('task_state', 'is', null)
    .returningAll()
    .executeTakeFirst();
  return row && toServer(row);
}
