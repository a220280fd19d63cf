import { readFileSync } from 'node:fs';
import { defaultPorts, type PortName, portOf } from '../nova-config.ts';
import type { Runtime } from './runtime.ts';

/** The ports from which the system takes one for each outgoing connection, both included. */
interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** Warns when an API's port may be taken by any client of this machine before the API listens. */
export function warnOfPortClash({ config, log }: Pick<Runtime, 'config' | 'log'>): void {
  const range = clientPorts();
  const apis = range && clashing(range, (name) => portOf(config, name));
  if (!apis || apis.length === 0) return;
  const highest = range.first - 1 - Math.max(...Object.values(defaultPorts));
  log.warn(
    { apis, ...range, highest },
    `NOVA_PORT_OFFSET=${config.api.port_offset} puts ports among those that the system gives to outgoing connections: a start may find them taken; use at most ${highest}`,
  );
}

/** The APIs whose ports are in the range. */
export const clashing = ({ first, last }: PortRange, port: (name: PortName) => number): readonly PortName[] =>
  // The keys of an object literal are its type's keys.
  (Object.keys(defaultPorts) as PortName[]).filter((name) => port(name) >= first && port(name) <= last);

/** Linux's range; undefined where the system does not say. */
function clientPorts(): PortRange | undefined {
  try {
    const [first, last] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').trim().split(/\s+/).map(Number);
    return first && last ? { first, last } : undefined;
  } catch {
    return undefined;
  }
}
