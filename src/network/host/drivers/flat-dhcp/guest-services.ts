/** Serves the guests of a host's networks: the places to serve from, and DHCP and metadata there. */
import { bridgeName, servingName } from '../../device-names.ts';
import type { Correction, HostNetwork, HostPort } from '../../driver.ts';
import type { HostShell } from '../../shell/host-shell.ts';
import type { CloudMark } from './cloud-mark.ts';
import { DhcpServers, type DhcpServersOptions } from './dhcp-servers.ts';
import { METADATA_PORT, servesInHost } from './host-addressing.ts';
import { MetadataListeners, type MetadataListenersOptions, type MetadataPlace } from './metadata-listeners.ts';
import type { Target } from './pings.ts';
import type { SeenLink } from './seen-links.ts';
import { Serving, type ServingPlace } from './serving.ts';

export interface GuestServicesOptions extends DhcpServersOptions {
  readonly cloud: CloudMark;
  readonly lookup: MetadataListenersOptions['lookup'];
  /** Where requests for metadata go and the secret that signs them; without it nobody answers them. */
  readonly metadata?: { readonly target: string; readonly secret: string };
}

/** A network as it is served, and where. */
interface Served {
  readonly place: ServingPlace;
  /** The network and the device that its place is connected to: the place is good as long as they are the same. */
  readonly basis: string;
}

export class GuestServices {
  readonly #options: GuestServicesOptions;
  readonly #shell: HostShell;
  readonly #serving: Serving;
  readonly #dhcp: DhcpServers;
  readonly #metadata: MetadataListeners | undefined;
  #served = new Map<string, Served>();

  constructor(shell: HostShell, options: GuestServicesOptions) {
    const { cloud, lookup, metadata, log } = options;
    this.#options = options;
    this.#shell = shell;
    this.#serving = new Serving(shell, cloud);
    this.#dhcp = new DhcpServers(options);
    this.#metadata = metadata && new MetadataListeners({ ...metadata, lookup, log });
  }

  /** Serves exactly these networks; `links` are the host's devices. */
  async converge(
    networks: readonly HostNetwork[],
    ports: readonly HostPort[],
    links: ReadonlyMap<string, SeenLink>,
  ): Promise<Correction[]> {
    const { corrected, places } = await this.#serving.converge(networks, links);
    this.#served = new Map(
      networks.flatMap((network) => {
        const place = places.get(network.id);
        return place ? [[network.id, { place, basis: basisOf(network, links) }] as const] : [];
      }),
    );
    const dhcp = await this.#dhcp.converge(networks, ports, places);
    const isListening = await this.#metadata?.converge([
      this.#hostPlace(),
      ...networks.flatMap((network) => this.#metadataPlace(network, places.get(network.id)) ?? []),
    ]);
    return [...corrected, ...dhcp, ...(isListening ? [{ part: 'metadata' as const, what: 'nobody listened for metadata requests' }] : [])];
  }

  /** Serves one network more, or one whose guests have changed. */
  async convergeOne(network: HostNetwork, ports: readonly HostPort[], links: ReadonlyMap<string, SeenLink>): Promise<void> {
    const basis = basisOf(network, links);
    const known = this.#served.get(network.id);
    const place = known?.basis === basis ? known.place : (await this.#serving.convergeOne(network, links)).place;
    this.#served.set(network.id, { place, basis });
    await this.#dhcp.convergeOne(network, ports, place);
    const listensAt = this.#metadataPlace(network, place);
    if (listensAt) await this.#metadata?.convergeOne(listensAt);
  }

  /** The host's ends of devices for these networks, by name. */
  deviceNames(networks: readonly HostNetwork[]): readonly string[] {
    return this.#serving.deviceNames(networks);
  }

  /** From where a guest's addresses can be reached; undefined while its network is not served. */
  targetOf({ id, networkId, fixedIps }: HostPort): Target | undefined {
    const place = this.#served.get(networkId)?.place;
    return place && { portId: id, place, addresses: fixedIps.map(({ ipAddress }) => ipAddress) };
  }

  /** Stops serving from this process. */
  close(): void {
    this.#metadata?.close();
  }

  /** Removes everything, also what other processes left. */
  async removeAll(): Promise<void> {
    this.close();
    this.#served.clear();
    await this.#dhcp.converge([], [], new Map());
    await this.#serving.removeAll();
  }

  #hostPlace(): MetadataPlace {
    return { networkId: null, netns: this.#shell.netns, port: this.#options.cloud.metadataPort };
  }

  #metadataPlace(network: HostNetwork, place: ServingPlace | undefined): MetadataPlace | undefined {
    if (!place || servesInHost(network)) return undefined;
    return { networkId: network.id, netns: place.shell.netns, port: METADATA_PORT };
  }
}

const basisOf = (network: HostNetwork, links: ReadonlyMap<string, SeenLink>): string =>
  JSON.stringify([network, links.get(bridgeName(network))?.index, links.get(servingName(network.id))?.index]);
