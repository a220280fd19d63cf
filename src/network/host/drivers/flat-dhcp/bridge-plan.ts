/** Decides which bridges and addresses a host's namespace must get, change or lose. Pure: it compares what is wanted with what was seen. */
import { createHash } from 'node:crypto';
import { bridgeName } from '../../device-names.ts';
import type { HostNetwork } from '../../driver.ts';
import { type CloudMark, isOfACloud } from './cloud-mark.ts';
import { type HostShell, runIpBatch } from '../../shell/host-shell.ts';
import { addAddress, hostAddress, hostAddresses, type LinkStep, METADATA_ADDRESS, removeAddress, servesInHost } from './host-addressing.ts';
import type { SeenLink } from './seen-links.ts';

/**
 * The steps from what is seen to what is wanted; none when all is well. The devices in `others` are looked after elsewhere. Bridges
 * without the cloud's mark are an operator's or another cloud's.
 */
export function planLinks(
  networks: readonly HostNetwork[],
  seen: ReadonlyMap<string, SeenLink>,
  { cloud, others = [] }: { readonly cloud: CloudMark; readonly others?: readonly string[] },
): LinkStep[] {
  const wanted = new Set([...networks.map(bridgeName), ...others]);
  const leftovers = [...seen.values()].filter((link) => cloud.isOurs(link) && !wanted.has(link.name));
  return [
    ...planLoopback(seen.get('lo')),
    ...leftovers.map(deletion),
    ...networks.flatMap((network) => planBridge(network, seen.get(bridgeName(network)), cloud)),
  ];
}

/** The steps that remove every device of ours. What clouds share goes with the last one. */
export function planTearDown(seen: ReadonlyMap<string, SeenLink>, cloud: CloudMark): LinkStep[] {
  const { isOurs } = cloud;
  const isShared = [...seen.values()].some((link) => isOfACloud(link) && !isOurs(link));
  const hasMetadata = seen.get('lo')?.addresses.includes(`${METADATA_ADDRESS}/32`);
  const metadata = hasMetadata && !isShared ? [removeAddress('lo', `${METADATA_ADDRESS}/32`)] : [];
  return [...[...seen.values()].filter(isOurs).map(deletion), ...metadata];
}

/** Runs all steps in one process. */
export async function runSteps(shell: HostShell, steps: readonly LinkStep[]): Promise<void> {
  await runIpBatch(
    shell,
    steps.flatMap((step) => step.commands),
  );
}

const deletion = (link: SeenLink): LinkStep => ({
  part: 'bridge',
  what: `device ${link.name} is not wanted any more`,
  commands: [`link del dev ${link.name}`],
});

function planLoopback(lo: SeenLink | undefined): LinkStep[] {
  const up: LinkStep = { part: 'address', what: 'the loopback device was down', commands: ['link set dev lo up'] };
  return [
    ...(lo?.isUp ? [] : [up]),
    ...(lo?.addresses.includes(`${METADATA_ADDRESS}/32`) ? [] : [addAddress('lo', `${METADATA_ADDRESS}/32`)]),
  ];
}

function planBridge(network: HostNetwork, link: SeenLink | undefined, cloud: CloudMark): LinkStep[] {
  const name = bridgeName(network);
  const addresses = servesInHost(network) ? hostAddresses(network) : [];
  const mac = deviceMac(network);
  if (!link) return [creation(network, cloud), ...addresses.map((address) => addAddress(name, address))];
  const ours = cloud.isOurs(link);
  const former = servesInHost(network) ? [] : formerAddresses(network);
  const isSurplus = (address: string) => (ours ? !address.startsWith('fe80:') && !addresses.includes(address) : former.includes(address));
  const surplus = link.addresses.filter(isSurplus);
  const settings = [
    ...(link.isUp ? [] : ['up']),
    ...(ours && link.mtu !== network.mtu ? [`mtu ${network.mtu}`] : []),
    ...(ours && link.mac !== mac ? [`address ${mac}`] : []),
    ...(ours && link.alias !== cloud.alias(network.id) ? [`alias ${cloud.alias(network.id)}`] : []),
    ...(link.filtersIp ? [] : [`type bridge ${FILTERED}`]),
  ];
  return [
    ...settings.map(
      (setting): LinkStep => ({ part: 'bridge', what: `bridge ${name} lacked: ${setting}`, commands: [`link set dev ${name} ${setting}`] }),
    ),
    ...surplus.map((address) => removeAddress(name, address)),
    ...addresses.filter((address) => !link.addresses.includes(address)).map((address) => addAddress(name, address)),
  ];
}

/** What earlier releases, which served every network in the host itself, gave to an operator's bridge. */
const formerAddresses = ({ subnets }: HostNetwork): string[] =>
  subnets.flatMap((subnet) => (subnet.hostIp ? (hostAddress(subnet) ?? []) : []));

/** Without these the kernel does not show bridged packets to the IP filters, and security groups would filter nothing. */
const FILTERED = 'nf_call_iptables 1 nf_call_ip6tables 1';

const creation = (network: HostNetwork, cloud: CloudMark): LinkStep => {
  const name = bridgeName(network);
  return {
    part: 'bridge',
    what: `bridge ${name} was missing`,
    commands: [
      // A fixed address: by default a bridge takes the lowest of its ports', and guests would lose their gateway when a port comes or goes.
      `link add name ${name} address ${deviceMac(network)} type bridge forward_delay 0 stp_state 0 mcast_snooping 0 ${FILTERED}`,
      // Set as a change: the kernel keeps that, but would forget a size given at the making when the last device leaves the bridge.
      `link set dev ${name} mtu ${network.mtu} alias ${cloud.alias(network.id)} addrgenmode none up`,
    ],
  };
};

/** The hardware address at which guests find what serves their network, on every host. */
export const servingMac = (networkId: string): string => macFrom(networkId);

/** That of the bridge itself: an address of the host where the host serves the network, else one that nobody sends to. */
const deviceMac = (network: HostNetwork): string => (servesInHost(network) ? servingMac(network.id) : macFrom(`bridge:${network.id}`));

function macFrom(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return ['02', ...[0, 2, 4, 6, 8].map((at) => hex.slice(at, at + 2))].join(':');
}
