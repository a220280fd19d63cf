/** Everything that a server holds in the database and on the simulated hosts: a boot creates it, a delete or undo must leave none of it. */
import { sql } from 'kysely';
import type { SimulatedCloud } from './simulated-cloud.ts';

/** Nothing at all. */
export const nothingHeld = { placements: [], used: [], ports: [], guests: [], plugged: [] };

/** What the servers of the cloud hold, without random names: hosts, sizes, counts. */
export async function holdings({ db, hosts }: SimulatedCloud) {
  const placements = await db
    .selectFrom('placements')
    .leftJoin('allocations', 'allocations.placement_id', 'placements.id')
    .select(['host', 'role', sql<string>`string_agg(amount || ' ' || resource_class, ', ' ORDER BY resource_class)`.as('allocated')])
    .groupBy('placements.id')
    .orderBy('host')
    .execute();
  const used = await db
    .selectFrom('inventories')
    .select(['host', sql<string>`string_agg(used || ' ' || resource_class, ', ' ORDER BY resource_class)`.as('used')])
    .where('used', '>', 0)
    .groupBy('host')
    .orderBy('host')
    .execute();
  const ports = await db
    .selectFrom('ports')
    .leftJoin('ip_allocations', 'ip_allocations.port_id', 'ports.id')
    .leftJoin('port_bindings', 'port_bindings.port_id', 'ports.id')
    .select(['port_bindings.host', 'ports.status', 'ports.device_owner', sql<number>`count(ip_address)::int`.as('addresses')])
    .groupBy(['ports.id', 'port_bindings.host'])
    .orderBy('port_bindings.host')
    .execute();
  const guests = await Promise.all(
    hosts.map(async ({ name, driver }) => (await driver.listGuests()).map(({ powerState }) => `${powerState} on ${name}`)),
  );
  return { placements, used, ports, guests: guests.flat(), plugged: hosts.flatMap(({ name, network }) => network.ports.map(() => name)) };
}

/** The open actions of a server. */
export async function openActions({ db }: SimulatedCloud, serverId: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('instance_actions')
    .select('action')
    .where('server_id', '=', serverId)
    .where('finished_at', 'is', null)
    .execute();
  return rows.map(({ action }) => action);
}
