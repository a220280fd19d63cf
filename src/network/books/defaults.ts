import type { CloudDb } from '../../db/sql/queries.ts';
import { sql } from 'kysely';
import { change, type Changing } from '../../db/change.ts';
import { defaultMtu } from '../plan/segment.ts';
import { insertNetwork, insertSubnet } from '../../db/stores/network/networks.ts';
import { findRouters, insertRouter, lockRouter } from '../../db/stores/network/routers.ts';
import { networkCreate, subnetCreate } from '../../events/network.ts';
import { routerCreate } from '../../events/routers.ts';
import { serviceContext } from '../../lib/context/context.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import type { Subnet } from '../../objects/network.ts';
import { planSubnet } from '../plan/subnet-plan.ts';
import { addGateway, addGatewayOfSubnet } from './router-legs.ts';

/** The shared network of a new cloud. */
export const DEFAULT_NETWORK = { name: 'private', cidr: '10.20.0.0/24', mtu: defaultMtu('vxlan') } as const;

/** The external network of a new cloud, and the router between the two. */
const EXTERNAL_NETWORK = { name: 'public', cidr: '172.24.4.0/24', mtu: defaultMtu('local') } as const;
const ROUTER = 'router';

interface Made {
  readonly ids: Ids;
  /** Their owner: the admins' project. */
  readonly projectId: string;
}

/**
 * Creates the shared network `private`, the external network `public` and the router between them, unless a shared `private` exists: then
 * the cloud is not new. Safe to repeat and to run concurrently.
 */
export const ensureDefaults = (db: CloudDb, made: Made): Promise<void> =>
  change(serviceContext('bootstrap'), { db, what: 'network.create' }, async (changing) => {
    const { trx } = changing;
    await sql`SELECT pg_advisory_xact_lock(hashtextextended('default network', 0))`.execute(trx);
    const { name } = DEFAULT_NETWORK;
    const there = await trx.selectFrom('networks').select('id').where('name', '=', name).where('shared', '=', true).executeTakeFirst();
    if (there) return;
    const inside = await makeNetwork(changing, made, { ...DEFAULT_NETWORK, shared: true, external: false });
    const outside = await makeNetwork(changing, made, { ...EXTERNAL_NETWORK, shared: false, external: true });
    await makeRouter(changing, made, { inside, outside });
  });

interface NetworkToMake {
  readonly name: string;
  readonly cidr: string;
  readonly mtu: number;
  readonly shared: boolean;
  readonly external: boolean;
}

/** A network with one subnet, whose guests get their addresses by DHCP unless it is external. */
async function makeNetwork(
  { trx, tell }: Changing<CloudDb>,
  { ids, projectId }: Made,
  { cidr, ...wanted }: NetworkToMake,
): Promise<Subnet> {
  const network = await insertNetwork(trx, { id: ids.uuid(), project_id: projectId, ...wanted });
  tell(networkCreate(network));
  const planned = planSubnet({ cidr, ipVersion: 4 });
  const subnet = await insertSubnet(trx, {
    id: ids.uuid(),
    network_id: network.id,
    project_id: projectId,
    name: `${wanted.name}-subnet`,
    ip_version: 4,
    cidr: planned.cidr,
    gateway_ip: planned.gatewayIp,
    enable_dhcp: !wanted.external,
    allocation_pools: JSON.stringify(planned.allocationPools),
    dns_nameservers: '[]',
    host_routes: '[]',
  });
  tell(subnetCreate(subnet));
  return subnet;
}

async function makeRouter(
  changing: Changing<CloudDb>,
  { ids, projectId }: Made,
  { inside, outside }: { readonly inside: Subnet; readonly outside: Subnet },
): Promise<void> {
  const { trx, tell } = changing;
  const id = ids.uuid();
  await insertRouter(trx, { id, project_id: projectId, name: ROUTER });
  const router = await lockRouter(trx, id);
  if (!router) return;
  await addGateway(changing, ids, { router, networkId: outside.networkId });
  const { gatewayIp } = inside;
  if (gatewayIp !== null) await addGatewayOfSubnet(changing, ids, { router, subnet: { ...inside, gatewayIp } });
  for (const whole of await findRouters(trx, [id], null)) tell(routerCreate(whole));
}
