/**
 * What a router knows of the guests of other hosts. It cannot ask them: the answer would go to the router of their own host, which has
 * the same address.
 */
import { Type as t } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { innerLegName } from '../../device-names.ts';
import type { HostRouter } from '../../host-router.ts';
import type { HostTunnel } from '../../host-tunnel.ts';
import { type HostShell, runIpBatch } from '../../shell/host-shell.ts';
import { canonical } from './ip-text.ts';

/** An address that is at a hardware address, by a device of the router. */
export interface Neighbour {
  readonly ip: string;
  readonly mac: string;
  readonly device: string;
}

/** The guests of other hosts on the networks of a router. */
export const neighboursOf = ({ interfaces }: HostRouter, tunnels: readonly HostTunnel[]): readonly Neighbour[] =>
  interfaces.flatMap((leg) =>
    tunnels
      .filter(({ networkId }) => networkId === leg.networkId)
      .flatMap(({ peers }) => peers.flatMap(({ ports }) => ports))
      .flatMap(({ macAddress, ipAddresses }) =>
        ipAddresses.map((ip) => ({ ip: canonical(ip), mac: macAddress.toLowerCase(), device: innerLegName(leg.portId) })),
      ),
  );

/** The lines for `ip -batch` that make the lasting neighbours as wanted. Pure. */
export function neighbourSteps(wanted: readonly Neighbour[], seen: readonly Neighbour[]): readonly string[] {
  const placeOf = ({ ip, device }: Neighbour) => `${device} ${ip}`;
  const places = new Set(wanted.map(placeOf));
  const macs = new Map(seen.map((one) => [placeOf(one), one.mac]));
  const gone = seen.filter((one) => !places.has(placeOf(one)));
  const unknown = wanted.filter((one) => macs.get(placeOf(one)) !== one.mac);
  return [
    ...gone.map(({ ip, device }) => `neigh del ${ip} dev ${device}`),
    ...unknown.map(({ ip, mac, device }) => `neigh replace ${ip} lladdr ${mac} dev ${device} nud permanent`),
  ];
}

const shown = t.Array(t.Object({ dst: t.String(), lladdr: t.Optional(t.String()), dev: t.String() }));

/** Tells a router, by the shell of its namespace; true if it did not know. */
export async function correctNeighbours(router: HostRouter, tunnels: readonly HostTunnel[], shell: HostShell): Promise<boolean> {
  const { stdout } = await shell.run('ip', ['-json', 'neigh', 'show', 'nud', 'permanent']);
  const seen = Value.Parse(shown, JSON.parse(stdout || '[]')).map(({ dst, lladdr = '', dev }) => ({ ip: dst, mac: lladdr, device: dev }));
  const steps = neighbourSteps(neighboursOf(router, tunnels), seen);
  await runIpBatch(shell, steps);
  return steps.length > 0;
}
