/** What clients used before they asked the network service: the addresses of a server's ports, and its network cards by address. */
import { Type as t } from '@sinclair/typebox';
import { queryParams } from '../../../../lib/versioning/query-params.ts';
import { field, omit, resource } from '../../../../lib/versioning/resource.ts';
import { anyOf, strictObject } from '../../../../lib/versioning/schema.ts';
import { v } from '../../../../microversions.ts';
import type { Port } from '../../../../objects/network.ts';
import { list } from '../../../pipeline/list.ts';
import { actionRoute, done, ok, route } from '../../../pipeline/route.ts';
import type { ServerFaceDeps } from './deps.ts';
import { isLegacy } from '../wire.ts';

type Deps = ServerFaceDeps;

const window = { until: v.noAddressActions };

/** A network card, shown to a client of the legacy API or another one. */
type Card = Pick<Port, 'id' | 'macAddress' | 'networkId'> & { readonly isLegacy?: boolean };

/** A network card of a server by its address. */
export const virtualInterfaceView = resource<Card>()('virtual_interface', {
  id: field(t.String(), (port) => port.id),
  mac_address: field(t.String(), (port) => port.macAddress),
  // The legacy API is that of the first version, with a few more fields.
  'OS-EXT-VIF-NET:net_id': field(t.Optional(t.String()), (port) => (port.isLegacy ? port.networkId : omit), { until: v.keypairTypes }),
  net_id: field(t.String(), (port) => port.networkId, { since: v.virtualInterfaceNetwork }),
});

/** The actions on addresses, and the list of network cards. */
export const fixedAddressRoutes = [
  actionRoute({
    ...window,
    key: 'addFixedIp',
    summary: 'Give one of the ports of a server on a network another address.',
    body: strictObject({ networkId: anyOf(t.String({ minLength: 1, maxLength: 36 }), t.Number()) }),
    status: 202,
    handle: async ({ ctx, params, body }, { serverPorts }: Deps) => {
      await serverPorts.addFixedIp(ctx, params.id, String(body.networkId));
      return done();
    },
  }),
  actionRoute({
    ...window,
    key: 'removeFixedIp',
    summary: 'Take an address from the ports of a server.',
    body: strictObject({ address: anyOf(t.String({ format: 'ipv4' }), t.String({ format: 'ipv6' })) }),
    status: 202,
    handle: async ({ ctx, params, body }, { serverPorts }: Deps) => {
      await serverPorts.removeFixedIp(ctx, params.id, body.address);
      return done();
    },
  }),
  route({
    ...window,
    method: 'GET',
    path: '/servers/{id}/os-virtual-interfaces',
    summary: 'List the network cards of a server.',
    query: queryParams({}),
    status: 200,
    answers: list('virtual_interfaces', virtualInterfaceView),
    handle: async (req, { serverPorts }: Deps) => {
      const ports = await serverPorts.list(req.ctx, req.params.id);
      return ok({ items: ports.map((port) => ({ ...port, isLegacy: isLegacy(req) })) });
    },
  }),
];
