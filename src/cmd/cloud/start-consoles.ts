import { readFile } from 'node:fs/promises';
import { consoleManager } from '../../consoles/manager.ts';
import { ConsoleProxy, type ProxyTls } from '../../consoles/proxies/console-proxy.ts';
import type { Pages } from '../../consoles/proxies/pages.ts';
import { serialPages, spicePages, vncPages } from '../../consoles/proxies/pages-of.ts';
import { consoleRpc } from '../../consoles/rpcapi.ts';
import { cannotListen } from '../../lib/http/cannot-listen.ts';
import { clientOf } from '../../lib/rpc/client.ts';
import { serve } from '../../lib/rpc/serve.ts';
import type { ConsoleType } from '../../objects/console.ts';
import { type NovaConfig, portOf } from '../nova-config.ts';
import { consoleAuth, proxyUrlOf } from './console-auth.ts';
import { ADVICE } from './http.ts';
import type { Endpoints } from './ready-file.ts';
import type { HostShared, Shared } from './shared.ts';

/** Starts to check the tokens of consoles for proxies. */
export async function startConsoleAuth(shared: Shared): Promise<void> {
  const { bus, tracer, runtime } = shared;
  const { log, life } = runtime;
  const serving = await serve(bus, consoleRpc, consoleManager(consoleAuth(shared)), { log, trace: tracer });
  life.hold('the check of console tokens', serving, (open) => open.close());
}

/** The proxies, by the names of their ports. */
const proxies = {
  novnc: { type: 'novnc', pages: vncPages, isOn: ({ vnc }: NovaConfig) => vnc.enabled },
  spice: { type: 'spice-html5', pages: () => spicePages(), isOn: ({ spice }: NovaConfig) => spice.enabled },
  serial: { type: 'serial', pages: serialPages, isOn: ({ serial_console }: NovaConfig) => serial_console.enabled },
} as const satisfies Readonly<Record<string, { type: ConsoleType; pages: () => Pages; isOn: (config: NovaConfig) => boolean }>>;

export type ProxyName = keyof typeof proxies;

/** Starts the proxies of all consoles that are turned on. */
export async function startConsoleProxies(shared: HostShared): Promise<Endpoints> {
  const { config } = shared.runtime;
  // The keys of an object literal are its type's keys.
  const names = (Object.keys(proxies) as ProxyName[]).filter((name) => proxies[name].isOn(config));
  return Object.assign({}, ...(await Promise.all(names.map((name) => startConsoleProxy(shared, name)))));
}

/** Starts one proxy. It needs the queue only, so it may run where users reach it and the database does not. */
export async function startConsoleProxy({ runtime, bus }: HostShared, name: ProxyName): Promise<Endpoints> {
  const { config, clock, ids, log, life } = runtime;
  const { allowed_origins, max_sessions, idle_timeout } = config.console;
  const { type, pages } = proxies[name];
  const proxy = new ConsoleProxy({
    type,
    pages: pages(),
    consoles: clientOf(consoleRpc, bus),
    allowedOrigins: allowed_origins,
    maxSessions: max_sessions,
    idleMs: idle_timeout * 1_000,
    endsWithToken: config.consoleauth.enforce_session_timeout,
    tls: await tlsOf(config.console),
    clock,
    ids,
    log,
  });
  const address = { host: config.api.listen, port: portOf(config, name) };
  await proxy.listen(address).catch((cause: unknown) => {
    throw cannotListen(cause, { name: `the ${name} proxy`, ...address, advice: ADVICE });
  });
  life.windDown(`the ${name} proxy`, () => proxy.close());
  return { [name]: proxyUrlOf(config, name) };
}

const minVersions = { default: 'TLSv1.2', tlsv1_2: 'TLSv1.2', tlsv1_3: 'TLSv1.3' } as const;

/** Certificate and key may be in one file. */
async function tlsOf({
  cert,
  key = cert,
  ssl_minimum_version,
  ssl_ciphers: ciphers,
}: NovaConfig['console']): Promise<ProxyTls | undefined> {
  if (cert === undefined || key === undefined) return undefined;
  return { cert: await readFile(cert), key: await readFile(key), minVersion: minVersions[ssl_minimum_version], ciphers };
}
