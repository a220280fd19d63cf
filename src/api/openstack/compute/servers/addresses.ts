import { type Static, Type as t } from '@sinclair/typebox';
import { NotOnNetwork } from '../../../../compute/servers/errors.ts';
import { stringEnum } from '../../../../lib/versioning/schema.ts';
import type { Server } from '../../../../objects/server.ts';
import { exactly } from '../../../pipeline/answer.ts';
import { ok, route } from '../../../pipeline/route.ts';
import type { ServerFaceDeps } from './deps.ts';

type Deps = ServerFaceDeps;

const version = t.Union([t.Literal(4), t.Literal(6)]);

/** An address as the sub-resource and older versions show it. */
export const plainAddress = t.Object({ version, addr: t.String() }, { additionalProperties: false });

/** An address as the detailed server shows it: with its type and MAC address. */
export const fullAddress = t.Object(
  { ...plainAddress.properties, 'OS-EXT-IPS:type': stringEnum(['fixed', 'floating']), 'OS-EXT-IPS-MAC:mac_addr': t.String() },
  { additionalProperties: false },
);

type ByNetwork<A> = Record<string, A[]>;

/** A server's addresses by the names of their networks. */
export function addressesOf({ networkInfo }: Pick<Server, 'networkInfo'>): ByNetwork<Static<typeof fullAddress>> {
  const byNetwork: ByNetwork<Static<typeof fullAddress>> = {};
  for (const { networkName, macAddress, fixedIps, floatingIps = [] } of networkInfo) {
    const addresses = (byNetwork[networkName] ??= []);
    const add = (version: 4 | 6, addr: string, type: 'fixed' | 'floating') =>
      addresses.push({ version, addr, 'OS-EXT-IPS:type': type, 'OS-EXT-IPS-MAC:mac_addr': macAddress });
    for (const { ipAddress, version: family } of fixedIps) add(family, ipAddress, 'fixed');
    for (const { ipAddress } of floatingIps) add(4, ipAddress, 'floating');
  }
  return byNetwork;
}

/** The same without type and MAC address. */
export const plainAddressesOf = (server: Pick<Server, 'networkInfo'>): ByNetwork<Static<typeof plainAddress>> =>
  Object.fromEntries(
    Object.entries(addressesOf(server)).map(([network, addresses]) => [
      network,
      addresses.map(({ version: family, addr }) => ({ version: family, addr })),
    ]),
  );

const networks = t.Record(t.String(), t.Array(plainAddress));

/** The addresses of a server, by network. */
export const addressRoutes = [
  route({
    method: 'GET',
    path: '/servers/{id}/ips',
    summary: 'List the addresses of a server.',
    status: 200,
    answers: exactly(t.Object({ addresses: networks }, { additionalProperties: false })),
    handle: async ({ ctx, params }, { compute }: Deps) =>
      ok({ addresses: plainAddressesOf(await compute.find(ctx, params.id, 'os_compute_api:ips:index')) }),
  }),
  route({
    method: 'GET',
    path: '/servers/{id}/ips/{network}',
    summary: 'List the addresses of a server on one network.',
    status: 200,
    answers: exactly(networks),
    handle: async ({ ctx, params: { id, network } }, { compute }: Deps) => {
      const addresses = plainAddressesOf(await compute.find(ctx, id, 'os_compute_api:ips:show'));
      const found = Object.hasOwn(addresses, network) ? addresses[network] : undefined;
      if (!found) throw NotOnNetwork({ network });
      return ok({ [network]: found });
    },
  }),
];
