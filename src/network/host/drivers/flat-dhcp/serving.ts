/**
 * Where networks are served from: a namespace each, with a device on the network's bridge, so that networks may have the same addresses.
 * An external network is served by the host itself, which is in it.
 */
import { bridgeName, SERVING_DEVICE, servingName } from '../../device-names.ts';
import type { Correction, HostNetwork } from '../../driver.ts';
import { type HostShell, runIpBatch } from '../../shell/host-shell.ts';
import { servingMac } from './bridge-plan.ts';
import type { CloudMark } from './cloud-mark.ts';
import { addAddress, hostAddresses, METADATA_ADDRESS, servesInHost } from './host-addressing.ts';
import { KernelRules, replacement } from './kernel-rules.ts';
import { connectLegs, type Leg } from './legs.ts';
import { Namespaces } from './namespaces.ts';
import type { SeenLink } from './seen-links.ts';
import { SERVING_TABLE, servingTable } from './serving-filter.ts';

/** Where one network is served. */
export interface ServingPlace {
  readonly shell: HostShell;
  /** The device that faces the guests. */
  readonly device: string;
  /** Changes when the device is made again under the same name. */
  readonly index: number;
}

export class Serving {
  readonly #shell: HostShell;
  readonly #cloud: CloudMark;
  readonly #namespaces: Namespaces;
  readonly #rules = new Map<string, KernelRules>();

  constructor(shell: HostShell, cloud: CloudMark) {
    this.#shell = shell;
    this.#cloud = cloud;
    this.#namespaces = new Namespaces(shell, cloud, 'network');
  }

  /** Has a namespace for exactly those of the networks that need one; `links` are the host's devices. */
  async converge(
    networks: readonly HostNetwork[],
    links: ReadonlyMap<string, SeenLink>,
  ): Promise<{ readonly corrected: Correction[]; readonly places: ReadonlyMap<string, ServingPlace> }> {
    const wanted = new Set(networks.filter((network) => !servesInHost(network)).map(({ id }) => id as string));
    const present = await this.#namespaces.present();
    const leftovers = present.filter((id) => !wanted.has(id));
    for (const id of leftovers) await this.#remove(id);
    const corrected: Correction[] = leftovers.map((id) => ({ part: 'serving', what: `network ${id} was served and not wanted any more` }));
    const places = new Map<string, ServingPlace>();
    // One after the other: a host with many networks must not run many commands at once.
    for (const network of networks) {
      const { place, isChanged } = await this.convergeOne(network, links, { isPresent: present.includes(network.id) });
      places.set(network.id, place);
      if (isChanged) corrected.push({ part: 'serving', what: `the place from which network ${network.id} is served was not as wanted` });
    }
    return { corrected, places };
  }

  /** Makes the place of one network as wanted. */
  async convergeOne(
    network: HostNetwork,
    links: ReadonlyMap<string, SeenLink>,
    { isPresent }: { readonly isPresent?: boolean } = {},
  ): Promise<{ readonly place: ServingPlace; readonly isChanged: boolean }> {
    const bridge = bridgeName(network);
    if (servesInHost(network))
      return { place: { shell: this.#shell, device: bridge, index: links.get(bridge)?.index ?? 0 }, isChanged: false };
    const isNew = !(isPresent ?? (await this.#namespaces.present()).includes(network.id));
    if (isNew) await this.#add(network.id);
    const inside = this.#namespaces.shellOf(network.id);
    const connected = await connectLegs([legOf(network)], { host: this.#shell, inside, cloud: this.#cloud, links });
    const { lo, guests } = { lo: connected.seen.get('lo'), guests: connected.seen.get(SERVING_DEVICE) };
    const metadata = `${METADATA_ADDRESS}/32`;
    const lacksMetadata = !lo?.addresses.includes(metadata);
    if (lacksMetadata) await runIpBatch(inside, addAddress('lo', metadata).commands);
    const hasNewRules = await this.#rulesOf(network.id).converge(replacement(SERVING_TABLE, servingTable));
    const place = { shell: inside, device: SERVING_DEVICE, index: guests?.index ?? 0 };
    return { place, isChanged: isNew || connected.isChanged || lacksMetadata || hasNewRules };
  }

  /** The host's ends of the devices for these networks, by name. */
  deviceNames(networks: readonly HostNetwork[]): readonly string[] {
    return networks.filter((network) => !servesInHost(network)).map(({ id }) => servingName(id));
  }

  /** Removes all of them. */
  async removeAll(): Promise<void> {
    for (const id of await this.#namespaces.present()) await this.#remove(id);
  }

  async #add(id: string): Promise<void> {
    // What was known is of a namespace that somebody else removed.
    this.#rules.delete(id);
    await this.#namespaces.add(id);
  }

  async #remove(id: string): Promise<void> {
    this.#rules.delete(id);
    await this.#namespaces.remove(id);
  }

  #rulesOf(id: string): KernelRules {
    const known = this.#rules.get(id) ?? new KernelRules(this.#namespaces.shellOf(id), [SERVING_TABLE]);
    this.#rules.set(id, known);
    return known;
  }
}

const legOf = (network: HostNetwork): Leg => ({
  outer: servingName(network.id),
  mark: `serves:${network.id}`,
  bridge: bridgeName(network),
  mtu: network.mtu,
  name: SERVING_DEVICE,
  macAddress: servingMac(network.id),
  addresses: hostAddresses(network),
});
