import { isIPv4 } from 'node:net';
import { Type as t, type Static } from '@sinclair/typebox';
import { CannotStart } from '../cannot-start.ts';
import type { CloudSession } from './cloud-session.ts';

const server = t.Object({
  id: t.String(),
  name: t.String(),
  status: t.String(),
  'OS-EXT-SRV-ATTR:host': t.Union([t.String(), t.Null()]),
});
const interfaces = t.Object({
  interfaceAttachments: t.Array(t.Object({ net_id: t.String(), fixed_ips: t.Array(t.Object({ ip_address: t.String() })) })),
});
type ServerView = Static<typeof server>;

/** A server whose guest can be reached, if it answers. */
export interface Reachable {
  readonly id: string;
  readonly host: string;
  readonly address: string;
  /** The network that the address is of. */
  readonly networkId: string;
}

/** The server with this id, or the only one with this name in any project. */
export async function findServer(session: CloudSession, wanted: string): Promise<Reachable> {
  const found = await named(session, wanted);
  const host = found['OS-EXT-SRV-ATTR:host'];
  if (found.status !== 'ACTIVE' || host === null) throw CannotStart({ because: `server ${wanted} is ${found.status}, not ACTIVE` });
  const attached = (await session.compute(`/servers/${found.id}/os-interface`, interfaces))?.interfaceAttachments ?? [];
  const ways = attached.flatMap((one) => one.fixed_ips.map(({ ip_address: address }) => ({ address, networkId: one.net_id })));
  const way = ways.find(({ address }) => isIPv4(address)) ?? ways[0];
  if (way === undefined) throw CannotStart({ because: `server ${wanted} has no address: it is on no network` });
  return { id: found.id, host, ...way };
}

async function named(session: CloudSession, wanted: string): Promise<ServerView> {
  const byId = await session.compute(`/servers/${encodeURIComponent(wanted)}`, t.Object({ server }));
  if (byId) return byId.server;
  const pattern = encodeURIComponent(`^${wanted.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
  const list = await session.compute(`/servers/detail?all_tenants=1&name=${pattern}`, t.Object({ servers: t.Array(server) }));
  const [first, ...others] = list?.servers ?? [];
  if (!first) throw CannotStart({ because: `there is no server with the name or id ${wanted}` });
  if (others.length === 0) return first;
  throw CannotStart({
    because: `several servers have the name ${wanted}; name one by its id: ${[first, ...others].map(({ id }) => id).join(', ')}`,
  });
}
