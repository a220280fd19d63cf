/** The processes of the cloud under chaos, and the settings of each. */
import { takePortOffset } from '../../demo/free-ports.ts';
import { systemIds } from '../../src/lib/clock/ids.ts';
import type { CloudProcess } from '../support/cloud.ts';

/** The number of processes of each kind. */
export interface Shape {
  readonly apis: number;
  readonly conductors: number;
  readonly schedulers: number;
  readonly hosts: number;
  /** Simulated guests, or libvirt guests in private hosts. */
  readonly guests: 'fake' | 'real';
}

/** The name of a compute host, counted from 1. */
export const hostName = (number: number): string => `hv-${number}`;

const each = (service: string, count: number): readonly CloudProcess[] =>
  Array.from({ length: count }, (_, at) => {
    const name = `${service}-${at + 1}`;
    return { name, service, env: { NOVA_HOST: name } };
  });

/** The processes in the order in which they are started; `offset` is that of the first `api`. */
export async function rosterOf({ apis, conductors, schedulers, hosts, guests }: Shape): Promise<readonly CloudProcess[]> {
  const [first, ...others] = each('api', apis);
  const furtherApis = await Promise.all(
    others.map(async (api) => ({ ...api, env: { ...api.env, NOVA_PORT_OFFSET: String(await takePortOffset('127.0.0.1', systemIds)) } })),
  );
  const named = (service: string) => (_: unknown, at: number) => ({
    name: `${service}-${at + 1}`,
    service,
    env: { NOVA_HOST: hostName(at + 1) },
  });
  const hostNumbers = Array.from({ length: hosts });
  const networks =
    guests === 'real'
      ? hostNumbers.map(named('network'))
      : // One process serves the simulated networks of several hosts, under names that it derives itself.
        [{ name: 'network-1', service: 'network', env: { NOVA_HOST: hosts === 1 ? hostName(1) : 'hv', NOVA_FAKE_HOSTS: String(hosts) } }];
  return [
    ...(first ? [first] : []),
    ...furtherApis,
    ...each('conductor', conductors),
    ...each('scheduler', schedulers),
    ...networks,
    ...hostNumbers.map(named('compute')),
    // One storage host, which all compute hosts reach.
    { name: 'volume-1', service: 'volume', env: { NOVA_HOST: hostName(1) } },
  ];
}
