/**
 * Placements of servers that move: the claim on the second host, and the switch from one to the other. Locks are taken in the order that
 * placements.ts names; a group is locked before its members.
 */
import { sql } from 'kysely';
import type { Flavor } from '../../../objects/flavor.ts';
import { invariant } from '../../../lib/errors/invariant.ts';
import { asId, type HostName, type ServerId } from '../../../objects/ids.ts';
import type { Server } from '../../../objects/server.ts';
import { heldBy, type VolumeHold } from '../../../objects/server-volume.ts';
import type { PlacementRole } from '../../../objects/placement-role.ts';
import type { CellDb, InCell } from '../../sql/queries.ts';
import { holdGroupOf, isAgainstGroup } from '../groups/group-members.ts';
import { hasRoom, isVolumeBackedRow, jsonOf, taking } from '../hosts/claim-statement.ts';
import { releasing } from '../hosts/placements.ts';
import { type Tailored, tailorTo } from '../hosts/tailored-demand.ts';
import { lockServer, type ServerState } from '../servers/servers.ts';
import { zoneOf } from '../hosts/zones.ts';

/** A server that a workflow moves. */
interface Moving {
  readonly serverId: ServerId;
  readonly workflowId: string;
}

/** A claim for a server that comes to a host. */
export interface MoveClaim extends Moving {
  readonly host: HostName;
  /** Its flavor there. */
  readonly flavor: Flavor;
}

/**
 * Claims a flavor's resources for a server on the host that it moves to. A claim of the same workflow counts as placed.
 * Returns `lost` when another workflow holds the server.
 */
export async function claimMove(trx: InCell, claim: MoveClaim): Promise<'placed' | 'full' | 'lost' | 'against-group'> {
  const { serverId, workflowId, host, flavor } = claim;
  await holdGroupOf(trx, serverId);
  const held = await trx
    .selectFrom('servers')
    .select(['image', isVolumeBackedRow.as('isVolumeBacked')])
    .where('id', '=', serverId)
    .where('workflow_id', '=', workflowId)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (!held) return 'lost';
  const there = await trx
    .selectFrom('placements')
    .select('workflow_id')
    .where('server_id', '=', serverId)
    .where('host', '=', host)
    .where('role', '=', 'incoming')
    .executeTakeFirst();
  if (there) return there.workflow_id === workflowId ? 'placed' : 'full';
  const against = await sql<{ is: boolean }>`SELECT ${isAgainstGroup({ serverId, host })} AS "is"`.execute(trx);
  if (against.rows[0]?.is) return 'against-group';
  const tailored = await tailorTo(trx, host, { ...held, flavor });
  return tailored && (await takeRoom(trx, { serverId, workflowId, host }, tailored)) ? 'placed' : 'full';
}

/** Takes what a server needs of a host, if it has it. */
async function takeRoom(
  trx: InCell,
  { serverId, workflowId, host }: Omit<MoveClaim, 'flavor'>,
  { demand, numa, devices }: Tailored,
): Promise<boolean> {
  const { rows } = await sql`
    WITH wanted AS (${demand}),
    offered AS (
      SELECT inventory.* FROM inventories AS inventory WHERE host = ${host} AND resource_class IN (SELECT resource_class FROM wanted)
      ORDER BY resource_class FOR NO KEY UPDATE OF inventory
    ),
    fitting AS (
      SELECT host FROM compute_nodes WHERE host = ${host} AND ${hasRoom(devices)}
    ),
    made AS (
      INSERT INTO placements (server_id, host, role, workflow_id, numa, devices)
      SELECT ${serverId}, host, 'incoming', ${workflowId}, ${jsonOf(numa)}, ${jsonOf(devices)} FROM fitting RETURNING id
    ),
    ${taking(host)}
    SELECT FROM made`.execute(trx);
  return rows.length > 0;
}

/** The hosts on which a server has a placement, in whatever role. */
export async function hostsOf(db: CellDb, serverId: ServerId): Promise<readonly HostName[]> {
  const rows = await db.selectFrom('placements').select('host').distinct().where('server_id', '=', serverId).orderBy('host').execute();
  return rows.map(({ host }) => asId<HostName>(host));
}

/** Hands a server's placements on hosts but its own to a workflow that will release them; false when there are none. */
export async function handOverOthers(trx: InCell, serverId: ServerId, workflowId: string): Promise<boolean> {
  const handed = await trx
    .updateTable('placements')
    .set({ workflow_id: workflowId })
    .where('server_id', '=', serverId)
    .where('role', '<>', 'current')
    .returning('id')
    .execute();
  return handed.length > 0;
}

/** Releases a server's placements on all hosts but its own; a no-op when there are none. */
export async function releaseOthers(trx: InCell, serverId: ServerId): Promise<void> {
  const { gone, owed, freed } = releasing(sql`server_id = ${serverId} AND role <> 'current'`);
  await sql`WITH gone AS ${gone}, owed AS ${owed}, freed AS ${freed} SELECT FROM freed`.execute(trx);
}

/** A server that changes its host, its size or both. */
export interface Switch extends Moving {
  readonly to: HostName;
  readonly flavor: Flavor;
  /** The attachments of its volumes there; by default they stay. */
  readonly holds?: readonly VolumeHold[];
  /** What else of its record changes with that. */
  readonly more: ServerState;
}

/**
 * Makes the host that a server comes to its own, and the present one the host that it leaves, held by the workflow: on the way and on the
 * way back alike. Repeating it changes nothing. @returns false when another workflow holds the server
 */
export async function switchHost(trx: InCell, change: Switch): Promise<boolean> {
  const server = await lockServer(trx, change.serverId);
  if (server?.workflowId !== change.workflowId) return false;
  await moveRecord(trx, server, change);
  return true;
}

/**
 * The same, for a guest that has gone there already: the record follows it, whoever holds the server by now. Only for the undo of the work
 * that moved it, during which no other work on the server runs.
 */
export async function followGuest(trx: InCell, change: Switch): Promise<void> {
  const server = await lockServer(trx, change.serverId);
  if (server && server.vmState !== 'deleted') await moveRecord(trx, server, change);
}

async function moveRecord(trx: InCell, server: Server, { serverId, workflowId, to, flavor, holds = [], more }: Switch): Promise<void> {
  // The record and the placements change together.
  if (server.host === to && server.flavor.id === flavor.id) return;
  const place = await trx
    .selectFrom('compute_nodes')
    .innerJoin('services', (join) => join.onRef('services.host', '=', 'compute_nodes.host').on('services.binary', '=', 'nova-compute'))
    .select(['node', zoneOf('services.host', 'services.zone').as('zone')])
    .where('compute_nodes.host', '=', to)
    .executeTakeFirstOrThrow();
  await trx
    .updateTable('servers')
    .set({
      ...more,
      ...place,
      host: to,
      flavor: JSON.stringify(flavor),
      volumes: JSON.stringify(heldBy(server.volumes, holds)),
      updated_at: sql`now()`,
    })
    .where('id', '=', serverId)
    .execute();
  const places = await trx.selectFrom('placements').select(['id', 'host', 'role']).where('server_id', '=', serverId).execute();
  const coming = places.find(({ host, role }) => host === to && role !== 'current');
  const leaving = places.find(({ role }) => role === 'current');
  invariant(coming && leaving, 'a server that moves has a placement on both ends');
  const turn = (id: string, role: PlacementRole) =>
    trx
      .updateTable('placements')
      .set({ role, workflow_id: role === 'current' ? null : workflowId })
      .where('id', '=', id)
      .execute();
  // One at a time, as no two of a server have the same role on one host: the one that leaves takes the role that is free.
  await turn(leaving.id, coming.role === 'incoming' ? 'outgoing' : 'incoming');
  await turn(coming.id, 'current');
  await turn(leaving.id, 'outgoing');
}
