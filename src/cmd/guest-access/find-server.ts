import { isIPv4 } from 'node:net';
import { Type as t, type Static } from '@sinclair/typebox';
import { CannotStart } from '../cannot-start.ts';
import type { CloudSession } from './cloud-session.ts';

const server = t.Object({
  id: t.String(),
  name: t.String(),
  status: t.String(),
  addresses: t.Record(t.String(), t.Array(t.Object({ addr: t.String() }))),
  'OS-EXT-SRV-ATTR:host': t.Union([t.String(), t.Null()]),
});
type ServerView = Static<typeof server>;

/** A server whose guest can be reached, if it answers. */
export interface Reachable {
  readonly id: string;
  readonly host: string;
  readonly address: string;
}

/** The server with this id, or the only one with this name in any project. */
export async function findServer(session: CloudSession, wanted: string): Promise<Reachable> {
  const found = await named(session, wanted);
  const host = found['OS-EXT-SRV-ATTR:host'];
  const addresses = Object.values(found.addresses).flatMap((list) => list.map(({ addr }) => addr));
  const address = addresses.find(isIPv4) ?? addresses[0];
  if (found.status !== 'ACTIVE' || host === null) throw CannotStart({ because: `server ${wanted} is ${found.status}, not ACTIVE` });
  if (address === undefined) throw CannotStart({ because: `server ${wanted} has no address: it is on no network` });
  return { id: found.id, host, address };
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
