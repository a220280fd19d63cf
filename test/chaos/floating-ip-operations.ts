/** Operations on the floating IPs of servers. */
import { pick } from '../support/schema-samples.ts';
import type { ServerOperation } from './server-operation.ts';
import { askFor, type Session } from './session.ts';

/** The last version of the compute API with these actions. */
const WITH_FLOATING_IPS = '2.43';

/** The most floating IPs that a project holds: the pool is for all. */
const MOST = 5;

interface HeldIp {
  readonly id: string;
  readonly floating_ip_address: string;
  readonly port_id: string | null;
}

/** Leads one to a server, or takes one away and gives it back. */
export const floatingIpOperations: readonly ServerOperation[] = [
  {
    name: 'add floating ip',
    covers: ['POST /servers/{id}/action addFloatingIp'],
    weight: 1,
    from: ['active', 'stopped'],
    lockable: true,
    run: async (session, server) => {
      const held = await list(session);
      const free = held.find(({ port_id }) => port_id === null) ?? (held.length < MOST ? await make(session) : held[0]);
      if (free) await change(session, { server: server.id, action: 'addFloatingIp', address: free.floating_ip_address });
    },
  },
  {
    name: 'remove floating ip',
    covers: ['POST /servers/{id}/action removeFloatingIp'],
    weight: 1,
    from: ['active', 'stopped'],
    lockable: true,
    run: async (session, server) => {
      const held = await list(session);
      if (held.length === 0) return;
      const { id, floating_ip_address: address } = pick(held, session.chance);
      await change(session, { server: server.id, action: 'removeFloatingIp', address });
      const path = `/v2.0/floatingips/${id}`;
      await askFor(session, 'delete floating ip', { service: 'network', method: 'DELETE', path, mayRefuse: [404] });
    },
  },
];

async function list(session: Session): Promise<readonly HeldIp[]> {
  const listed = await askFor(session, 'list floating ips', { service: 'network', method: 'GET', path: '/v2.0/floatingips' });
  return listed?.body.floatingips ?? [];
}

async function make(session: Session): Promise<HeldIp | undefined> {
  const path = '/v2.0/networks?router:external=true';
  const found = await askFor(session, 'list external networks', { service: 'network', method: 'GET', path });
  const floating_network_id: string | undefined = found?.body.networks[0]?.id;
  if (floating_network_id === undefined) return undefined;
  const asked = { service: 'network', method: 'POST', path: '/v2.0/floatingips', body: { floatingip: { floating_network_id } } } as const;
  return (await askFor(session, 'create floating ip', { ...asked, once: true }))?.body.floatingip;
}

const change = (
  session: Session,
  { server, action, address }: { readonly server: string; readonly action: 'addFloatingIp' | 'removeFloatingIp'; readonly address: string },
) =>
  askFor(session, action, {
    service: 'compute',
    version: WITH_FLOATING_IPS,
    method: 'POST',
    path: `/v2.1/servers/${server}/action`,
    body: { [action]: { address } },
    mayRefuse: [400, 404, 409],
  });
