/** A typical mix of requests: mostly reads, some changes, some mistakes, occasionally a server's whole life. */
import { type Answered, ask } from '../../bench/load.ts';
import type { Cloud } from '../support/cloud.ts';
import type { CloudClient } from '../support/cloud-client.ts';

/** The resources of the requests. */
export interface Ground {
  readonly cloud: Cloud;
  readonly admin: CloudClient;
  readonly demo: CloudClient;
  /** Servers that exist throughout. */
  readonly servers: readonly string[];
}

type Headers = Readonly<Record<string, string>>;

/** One kind of request; `n` varies each one a little. */
interface Kind {
  readonly service?: 'compute' | 'identity' | 'image' | 'network';
  readonly as?: 'admin' | 'demo';
  readonly method?: string;
  readonly path: (server: string, n: number) => string;
  readonly headers?: (ground: Ground, n: number) => Headers;
  readonly body?: (n: number) => object;
}

const reads: readonly Kind[] = [
  { path: (server) => `/v2.1/servers/${server}` },
  { path: () => '/v2.1/servers/detail?limit=20' },
  { path: () => '/v2.1/servers' },
  { path: (server) => `/v2.1/servers/${server}/os-instance-actions` },
  { path: () => '/v2.1/flavors/detail' },
  { path: () => '/v2.1/limits' },
  { path: () => '/v2.1/os-hypervisors/detail', as: 'admin' },
  { service: 'identity', path: () => '/v3/auth/tokens', headers: ({ demo }) => ({ 'x-subject-token': demo.token }) },
  { service: 'image', path: () => '/v2/images' },
  { service: 'network', path: () => '/v2.0/ports' },
];

/** Changes, unique requests and mistakes. */
const others: readonly Kind[] = [
  {
    method: 'PUT',
    path: (server) => `/v2.1/servers/${server}/metadata/turn`,
    body: (n) => ({ meta: { turn: String(n) } }),
    headers: (_, n) => ({ 'idempotency-key': `soak-${n}` }),
  },
  { method: 'PUT', path: (server) => `/v2.1/servers/${server}`, body: (n) => ({ server: { name: `soaked-${n}` } }) },
  { method: 'POST', path: (server) => `/v2.1/servers/${server}/action`, body: (n) => ({ reboot: { type: `${n}` } }) },
  { path: (_, n) => `/v2.1/servers/none-${n}` },
  { path: () => '/v2.1/servers', headers: (_, n) => ({ 'x-auth-token': `wrong-${n}` }) },
  { path: (_, n) => `/v2.1/servers/detail?name=${n}&limit=1` },
  { path: (server) => `/v2.1/servers/${server}`, headers: (_, n) => ({ 'openstack-api-version': `compute 2.${1 + (n % 90)}` }) },
  { service: 'network', path: (_, n) => `/v2.0/networks?name=${n}` },
];

/** One in this many requests is not a read. */
const OTHER_EVERY = 10;
/** Once in this many requests, a server is booted and deleted. */
const LIFE_EVERY = 1_000;

/** Sends the n-th request; fails on a wrong answer. */
export async function sendNth(ground: Ground, n: number): Promise<void> {
  if (n % LIFE_EVERY === 0) return await liveOnce(ground.demo, n);
  const turn = Math.floor(n / OTHER_EVERY);
  const kind = n % OTHER_EVERY === 1 ? others[turn % others.length] : reads[(n + turn) % reads.length];
  if (!kind) return;
  const { status, text } = await send(ground, kind, n);
  if (status >= 500) throw new Error(`request ${n} was answered ${status}: ${text.slice(0, 300)}`);
}

function send(
  ground: Ground,
  { service = 'compute', as = 'demo', method = 'GET', path, headers, body }: Kind,
  n: number,
): Promise<Answered> {
  const server = ground.servers[n % ground.servers.length] ?? '';
  return ask({
    url: `${ground.cloud.url(service)}${path(server, n)}`,
    method,
    headers: { 'x-auth-token': ground[as].token, ...(body ? { 'content-type': 'application/json' } : {}), ...headers?.(ground, n) },
    ...(body ? { body: JSON.stringify(body(n)) } : {}),
  });
}

async function liveOnce(demo: CloudClient, n: number): Promise<void> {
  const id = await demo.boot({ name: `life-${n}` });
  await demo.settled(id);
  await demo.remove(id);
}
