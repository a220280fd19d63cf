/** Decides which devices lead to other hosts, and what the kernel must know of where guests are. Pure text. */
import { bridgeName, tunnelName } from '../../device-names.ts';
import type { HostNetwork } from '../../driver.ts';
import type { HostTunnel } from '../../host-tunnel.ts';
import type { CloudMark } from './cloud-mark.ts';
import type { SeenLink } from './seen-links.ts';

/** The port that IANA gave to VXLAN. */
export const VXLAN_PORT = 4789;

/** The address by which an entry says where frames for everybody, and for nobody known, go. */
const EVERYBODY = '00:00:00:00:00:00';

/** An entry of what the kernel knows of hardware addresses behind a tunnel. */
export interface SeenEntry {
  readonly mac: string;
  /** The host; undefined for what the bridge knows, which is only that the address is behind the tunnel. */
  readonly dst: string | undefined;
}

/** The lines for `ip -batch` that make the device of a tunnel; none when all is well. */
export function tunnelSteps(
  { networkId, vni, localAddress }: HostTunnel,
  network: HostNetwork,
  { seen, cloud }: { readonly seen: SeenLink | undefined; readonly cloud: CloudMark },
): string[] {
  const [name, bridge] = [tunnelName(networkId), bridgeName(network)];
  // The mark says all that cannot be changed later.
  const alias = cloud.alias(`tunnel:${vni}:${localAddress}:${networkId}`);
  const settings = `link set dev ${name} alias ${alias} addrgenmode none master ${bridge} mtu ${network.mtu} up`;
  if (seen?.alias === alias) return seen.bridge === bridge && seen.isUp && seen.mtu === network.mtu ? [] : [settings];
  return [
    ...(seen ? [`link del dev ${name}`] : []),
    `link add name ${name} type vxlan id ${vni} local ${localAddress} dstport ${VXLAN_PORT}`,
    settings,
  ];
}

/** What `bridge -batch` must be told. */
export interface EntrySteps {
  /** To whom frames for everybody go was not as wanted. */
  readonly flooding: readonly string[];
  /** Where single guests are: the kernel learns that too, and forgets it in time, so a missing entry is nothing unusual. */
  readonly guests: readonly string[];
}

/** The entries that lack or are wrong. One that was learned of a guest on the move is left: it may know more than the books. */
export function entrySteps({ networkId, peers }: HostTunnel, seen: readonly SeenEntry[]): EntrySteps {
  const device = `dev ${tunnelName(networkId)}`;
  const addresses = peers.map(({ address }) => address);
  const [toHosts, toBridge] = [seen.filter(({ dst }) => dst !== undefined), seen.filter(({ dst }) => dst === undefined)];
  const flooded = toHosts.filter(({ mac }) => mac === EVERYBODY).map(({ dst }) => dst);
  const gone = toHosts.filter(({ dst }) => dst !== undefined && !addresses.includes(dst));
  const bound = peers.flatMap(({ address, ports }) =>
    ports.map(({ macAddress, isActive }) => ({ mac: macAddress.toLowerCase(), address, isActive })),
  );
  const guests = bound.filter(({ isActive }) => isActive);
  const removals = (entries: readonly SeenEntry[]) => entries.map(({ mac, dst }) => `fdb del ${mac} ${device} dst ${dst} self`);
  const placesOf = Map.groupBy(bound, ({ mac }) => mac);
  const isPlace = ({ mac, dst }: SeenEntry) => placesOf.get(mac)?.some(({ address }) => address === dst);
  const known = new Set(toHosts.filter(isPlace).map(({ mac }) => mac));
  const bridged = new Set(toBridge.map(({ mac }) => mac));
  return {
    flooding: [
      ...removals(gone.filter(({ mac }) => mac === EVERYBODY)),
      ...addresses
        .filter((address) => !flooded.includes(address))
        .map((address) => `fdb append ${EVERYBODY} ${device} dst ${address} self permanent`),
    ],
    guests: [
      ...removals(gone.filter(({ mac }) => mac !== EVERYBODY)),
      ...guests.filter(({ mac }) => !known.has(mac)).map(({ mac, address }) => `fdb replace ${mac} ${device} dst ${address} self dynamic`),
      ...guests.filter(({ mac }) => !bridged.has(mac)).map(({ mac }) => `fdb replace ${mac} ${device} master dynamic`),
    ],
  };
}
