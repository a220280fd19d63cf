import type { CloudDb } from '../../db/sql/queries.ts';
import { sql } from 'kysely';
import { change } from '../../db/change.ts';
import { insertNetwork, insertSubnet } from '../../db/stores/network/networks.ts';
import { networkCreate, subnetCreate } from '../../events/network.ts';
import { serviceContext } from '../../lib/context/context.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import { planSubnet } from '../plan/subnet-plan.ts';

/** The shared network of a new cloud. */
export const DEFAULT_NETWORK = { name: 'private', cidr: '10.20.0.0/24', mtu: 1500 } as const;

/**
 * Creates the shared network `private` with its subnet, unless a shared one of that name exists. Safe to repeat and to run concurrently.
 * `projectId` is its owner: the admins' project.
 */
export const ensureDefaults = (db: CloudDb, { ids, projectId }: { ids: Ids; projectId: string }): Promise<void> =>
  change(serviceContext('bootstrap'), { db, what: 'network.create' }, async ({ trx, tell }) => {
    await sql`SELECT pg_advisory_xact_lock(hashtextextended('default network', 0))`.execute(trx);
    const { name, cidr, mtu } = DEFAULT_NETWORK;
    const there = await trx.selectFrom('networks').select('id').where('name', '=', name).where('shared', '=', true).executeTakeFirst();
    if (there) return;
    const network = await insertNetwork(trx, { id: ids.uuid(), project_id: projectId, name, shared: true, mtu });
    const planned = planSubnet({ cidr, ipVersion: 4 });
    tell(networkCreate(network));
    const subnet = await insertSubnet(trx, {
      id: ids.uuid(),
      network_id: network.id,
      project_id: projectId,
      name: 'private-subnet',
      ip_version: 4,
      cidr: planned.cidr,
      gateway_ip: planned.gatewayIp,
      enable_dhcp: true,
      allocation_pools: JSON.stringify(planned.allocationPools),
      dns_nameservers: '[]',
      host_routes: '[]',
    });
    tell(subnetCreate(subnet));
  });
