import { ConsoleAuth } from '../../consoles/api.ts';
import type { ConsoleOptions } from '../../consoles/give-out.ts';
import { type NovaConfig, type PortName, urlOf } from '../nova-config.ts';
import { computeClient } from './compute-client.ts';
import type { Runtime } from './runtime.ts';
import type { Shared } from './shared.ts';

type Needs = Pick<Shared, 'db' | 'bus'> & { readonly runtime: Pick<Runtime, 'clock' | 'ids' | 'config'> };

/** Gives out tokens for consoles and checks them. */
export const consoleAuth = ({ db, bus, runtime: { clock, ids, config } }: Needs): ConsoleAuth =>
  new ConsoleAuth({ db, compute: computeClient({ db, bus }), clock, ids, options: consoleOptions(config) });

/** What the configuration says of consoles; a type that is turned off has no address. */
export function consoleOptions(config: NovaConfig): ConsoleOptions {
  const { vnc, spice, serial_console, consoleauth } = config;
  const where = (name: PortName, path: string): string => `${proxyUrlOf(config, name)}${path}`;
  return {
    baseUrls: {
      ...(vnc.enabled && { novnc: vnc.novncproxy_base_url ?? where('novnc', '/vnc_auto.html') }),
      ...(spice.enabled && {
        'spice-html5': spice.html5proxy_base_url ?? where('spice', '/spice_auto.html'),
        'spice-direct': spice.spice_direct_proxy_base_url,
      }),
      ...(serial_console.enabled && { serial: serial_console.base_url ?? where('serial', '/').replace(/^http/, 'ws') }),
    },
    recordingBytes: config.console.record_serial ? config.console.record_max_bytes : 0,
    tokenTtlMs: consoleauth.token_ttl * 1_000,
  };
}

/** Where a proxy listens. */
export const proxyUrlOf = (config: NovaConfig, name: PortName): string =>
  config.console.cert === undefined ? urlOf(config, name) : urlOf(config, name).replace(/^http:/, 'https:');
