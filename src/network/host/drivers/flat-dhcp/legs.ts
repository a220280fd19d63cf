/**
 * Pairs of connected devices, one on the bridge of a network and one in a namespace: a router's, or the one from which a network is served.
 * Pure but for `connectLegs`: it compares what is wanted with what was seen.
 */
import { type HostShell, runIpBatch } from '../../shell/host-shell.ts';
import type { CloudMark } from './cloud-mark.ts';
import { addressChanges } from './host-addressing.ts';
import { type SeenLink, seeLinks } from './seen-links.ts';

export interface Leg {
  /** The end on the host. */
  readonly outer: string;
  /** What the mark of that end says. */
  readonly mark: string;
  readonly bridge: string;
  readonly mtu: number;
  /** The end in the namespace. */
  readonly name: string;
  readonly macAddress: string;
  /** With prefix lengths, as the kernel shows them; the one to send from comes first. */
  readonly addresses: readonly string[];
}

/** A namespace with devices on bridges of the host. */
export interface Connected {
  readonly host: HostShell;
  readonly inside: HostShell;
  readonly cloud: CloudMark;
  /** The devices of the host. */
  readonly links: ReadonlyMap<string, SeenLink>;
}

/** Makes the devices as wanted, and says which are inside after that. */
export async function connectLegs(
  legs: readonly Leg[],
  { host, inside, cloud, links }: Connected,
): Promise<{ readonly isChanged: boolean; readonly seen: ReadonlyMap<string, SeenLink> }> {
  const before = await seeLinks(inside);
  const at = { netns: inside.netns ?? '', cloud };
  const outer = legs.flatMap((leg) => {
    const end = links.get(leg.outer);
    // Both ends or none: a half that was left is replaced.
    if (end && !before.has(leg.name)) return [`link del dev ${end.name}`, ...outerSteps(leg, { ...at, seen: undefined })];
    return outerSteps(leg, { ...at, seen: end });
  });
  await runIpBatch(host, outer);
  const between = outer.length > 0 ? await seeLinks(inside) : before;
  const inner = innerSteps(legs, between);
  await runIpBatch(inside, inner);
  return { isChanged: outer.length > 0 || inner.length > 0, seen: between };
}

/** The lines for `ip -batch` on the host that make a device, or put it on its bridge again; none when all is well. */
export function outerSteps(
  { outer, mark, bridge, mtu, name }: Leg,
  { seen, netns, cloud }: { readonly seen: SeenLink | undefined; readonly netns: string; readonly cloud: CloudMark },
): string[] {
  const settings = `link set dev ${outer} alias ${cloud.alias(mark)} addrgenmode none master ${bridge} mtu ${mtu} up`;
  if (!seen) return [`link add name ${outer} mtu ${mtu} type veth peer name ${name} netns ${netns}`, settings];
  const isWell = seen.bridge === bridge && seen.isUp && seen.mtu === mtu && cloud.isOurs(seen);
  return isWell ? [] : [settings];
}

/** The lines for `ip -batch` in the namespace that make its devices as wanted. */
export function innerSteps(legs: readonly Leg[], seen: ReadonlyMap<string, SeenLink>): string[] {
  const lo = seen.get('lo')?.isUp ? [] : ['link set dev lo up'];
  return [...lo, ...legs.flatMap((leg) => deviceSteps(leg, seen.get(leg.name)))];
}

function deviceSteps({ macAddress, mtu, name, addresses }: Leg, seen: SeenLink | undefined): string[] {
  const isWell = seen?.isUp && seen.mtu === mtu && seen.mac === macAddress.toLowerCase();
  const settings = `link set dev ${name} address ${macAddress} mtu ${mtu} addrgenmode none up`;
  return [...(isWell ? [] : [settings]), ...addressChanges(name, { wanted: addresses, seen: seen?.addresses ?? [] })];
}
