/**
 * Real networking of one host: a bridge per network, a namespace that serves it (DHCP by dnsmasq, metadata), security groups and protection
 * against spoofing by nftables, routers. It touches only bridges, namespaces, tables and daemons with the mark of its cloud.
 */
import type { Clock } from '../../../../lib/clock/clock.ts';
import type { Log } from '../../../../lib/log/log.ts';
import type { PortId } from '../../../../objects/ids.ts';
import type { Vif } from '../../../../objects/network-info.ts';
import { bridgeName, tapName } from '../../device-names.ts';
import { type Correction, type HostNetwork, type HostNetworking, type HostPort, type NetworkDriver, SubnetIsOfHost } from '../../driver.ts';
import type { HostTunnel } from '../../host-tunnel.ts';
import { type HostShell, hostShell } from '../../shell/host-shell.ts';
import { makeWayFor, separateOverlapping } from '../../subnet-overlap.ts';
import { planLinks, planTearDown, runSteps } from './bridge-plan.ts';
import { requireBridgeNetfilter } from './bridge-netfilter.ts';
import { Carried } from './carried.ts';
import { type CloudMark, cloudMark } from './cloud-mark.ts';
import { Egress } from './egress.ts';
import { isOfHost } from './host-addresses.ts';
import type { LinkStep } from './host-addressing.ts';
import { InOrder } from './in-order.ts';
import { PacketFilters } from './packet-filters.ts';
import { answeringOf } from './pings.ts';
import { Routers } from './routers.ts';
import { type SeenLink, seeLinks } from './seen-links.ts';
import { Tunnels } from './tunnels.ts';
import { GuestServices } from './guest-services.ts';

export interface FlatDhcpOptions {
  /** The id of the cloud: what bears another's mark is left alone. */
  readonly cloudId: string;
  /** The host's network namespace below /run/netns; null is that of this process. One driver of a cloud per namespace. */
  readonly netns: string | null;
  /** A directory of this driver's own, kept over restarts: DHCP leases and configuration. */
  readonly stateDir: string;
  /** The program's own directory above it: closed directories from there on are opened for the DHCP server to pass through. */
  readonly programDir: string;
  readonly clock: Clock;
  readonly log: Log;
  /** The domain of guests' names, `novalocal`; empty for none. */
  readonly domain: string;
  /** How long a DHCP lease lasts. */
  readonly leaseSeconds?: number;
  /** Whether what leaves by external networks reaches what the machine reaches. */
  readonly hasEgress?: boolean;
  /** Where guests' metadata requests go (`http://host:port`, `unix:/path`) and the secret that signs them; without it nobody answers them. */
  readonly metadata?: { readonly target: string; readonly secret: string };
}

export class FlatDhcpDriver implements NetworkDriver {
  readonly #options: FlatDhcpOptions;
  readonly #cloud: CloudMark;
  readonly #shell: HostShell;
  readonly #filters: PacketFilters;
  readonly #services: GuestServices;
  readonly #routing: Routers;
  readonly #tunnels: Tunnels;
  readonly #egress: Egress | undefined;
  readonly #inOrder = new InOrder();
  readonly #carried = new Carried();

  constructor(options: FlatDhcpOptions) {
    this.#options = options;
    this.#shell = hostShell({ netns: options.netns });
    const cloud = (this.#cloud = cloudMark(options.cloudId));
    this.#filters = new PacketFilters(this.#shell, cloud);
    this.#routing = new Routers(this.#shell, cloud, options);
    this.#tunnels = new Tunnels(this.#shell, cloud);
    this.#egress = options.hasEgress ? new Egress(this.#shell, cloud) : undefined;
    this.#services = new GuestServices(this.#shell, { ...options, cloud, lookup: (id, address) => this.#carried.holderOf(id, address) });
  }

  converge(wanted: HostNetworking): Promise<readonly Correction[]> {
    return this.#inOrder.run(async () => {
      await requireBridgeNetfilter(this.#shell);
      const seen = await seeLinks(this.#shell);
      const { carried, refused } = separateOverlapping(wanted.networks.flatMap((network) => this.#carriable(network, seen) ?? []));
      for (const { network, because } of refused) {
        this.#options.log.error(
          { networkId: network.id, otherNetworkId: because.id },
          'external network left out: it overlaps with another of this host',
        );
      }
      this.#carried.set(carried, wanted.ports);
      this.#carried.routers = wanted.routers ?? [];
      this.#carried.tunnels = wanted.tunnels ?? [];
      return await this.#correctAll();
    });
  }

  plug(port: HostPort, network: HostNetwork): Promise<Vif> {
    return this.#inOrder.run(async () => {
      const { networks, ports } = this.#carried;
      makeWayFor(network, networks, ports);
      const carriable = this.#carriable(network, await seeLinks(this.#shell));
      const isWhole = port.fixedIps.every(({ subnetId }) => carriable?.subnets.some(({ id }) => id === subnetId));
      if (!carriable || !isWhole) throw SubnetIsOfHost({ networkId: network.id });
      networks.set(network.id, carriable);
      this.#carried.setPorts(ports.filter(({ id }) => id !== port.id).concat(port));
      // The filters first: the rules must be there before the tap appears.
      await this.#applyFilters();
      await this.#serve(carriable);
      const { macAddress } = port;
      return { kind: 'bridge', portId: port.id, bridge: bridgeName(network), tap: tapName(port.id), macAddress, mtu: network.mtu };
    });
  }

  unplug(portId: PortId): Promise<void> {
    return this.#inOrder.run(async () => {
      const { networks, ports } = this.#carried;
      const port = this.#carried.port(portId);
      if (!port) return;
      this.#carried.setPorts(ports.filter(({ id }) => id !== portId));
      await this.#applyFilters();
      const network = networks.get(port.networkId);
      if (network) await this.#serve(network);
    });
  }

  updateSecurity(ports: readonly HostPort[]): Promise<void> {
    return this.#inOrder.run(async () => {
      const news = new Map(ports.map((port) => [port.id, port]));
      this.#carried.setPorts(this.#carried.ports.map((port) => news.get(port.id) ?? port));
      await this.#applyFilters();
    });
  }

  updateTunnels(tunnels: readonly HostTunnel[]): Promise<void> {
    return this.#inOrder.run(async () => {
      const { networks, routers } = this.#carried;
      this.#carried.tunnels = tunnels;
      const { links } = await this.#correctLinks();
      await this.#tunnels.converge(tunnels, { networks, routers, links });
      await this.#routing.updateNeighbours(routers, tunnels);
    });
  }

  /** Beside the other calls, which need not wait for guests that do not answer. */
  answering(portIds: readonly PortId[]): Promise<readonly PortId[]> {
    return answeringOf(portIds.flatMap((id) => this.#carried.port(id) ?? []).flatMap((port) => this.#services.targetOf(port) ?? []));
  }

  close(): Promise<void> {
    return this.#inOrder.run(async () => this.#services.close());
  }

  /** Removes everything of ours: filters, bridges, namespaces, daemons and their files. For a host that leaves the cloud. */
  tearDown(): Promise<void> {
    return this.#inOrder.run(async () => {
      await this.#services.removeAll();
      await this.#routing.removeAll();
      await this.#tunnels.removeAll();
      await new Egress(this.#shell, this.#cloud).remove();
      await runSteps(this.#shell, planTearDown(await seeLinks(this.#shell), this.#cloud));
      await this.#filters.remove();
      this.#carried.clear();
    });
  }

  /** The network without subnets that would take the host's own addresses; undefined when none is left. */
  #carriable(network: HostNetwork, seen: ReadonlyMap<string, SeenLink>): HostNetwork | undefined {
    const subnets = network.subnets.filter((subnet) => !isOfHost(network, subnet, { seen, cloud: this.#cloud }));
    if (subnets.length === network.subnets.length) return network;
    this.#options.log.error({ networkId: network.id }, 'subnets left out: the host itself is in a network with their addresses');
    return subnets.length > 0 ? { ...network, subnets } : undefined;
  }

  async #correctAll(): Promise<Correction[]> {
    const { networks: byId, ports, routers, tunnels } = this.#carried;
    const networks = [...byId.values()];
    const isFiltered = await this.#filters.converge({ networks, ports, routers });
    const { steps, links } = await this.#correctLinks();
    const services = await this.#services.converge(networks, ports, links);
    const routing = await this.#routing.converge(routers, byId, { links, tunnels, ports });
    const ways = await this.#tunnels.converge(tunnels, { networks: byId, routers, links });
    const egress = (await this.#egress?.converge(networks, { links, hasTunnels: tunnels.length > 0 })) ?? [];
    return [
      ...(isFiltered ? [{ part: 'filter' as const, what: 'the packet filters were not as wanted' }] : []),
      ...steps.map(({ part, what }) => ({ part, what })),
      ...services,
      ...routing,
      ...ways,
      ...egress,
    ];
  }

  #applyFilters(): Promise<void> {
    const { networks, ports, routers } = this.#carried;
    return this.#filters.apply({ networks: [...networks.values()], ports, routers });
  }

  /** The steps that were needed, and the devices as they are after them. */
  async #correctLinks(): Promise<{ steps: LinkStep[]; links: Map<string, SeenLink> }> {
    const { networks: byId, routers, tunnels } = this.#carried;
    const networks = [...byId.values()];
    const seen = await seeLinks(this.#shell);
    const others = [
      ...this.#routing.deviceNames(routers, byId),
      ...this.#services.deviceNames(networks),
      ...this.#tunnels.deviceNames(tunnels, byId),
    ];
    const steps = planLinks(networks, seen, { cloud: this.#cloud, others });
    if (steps.length === 0) return { steps, links: seen };
    await runSteps(this.#shell, steps);
    return { steps, links: await seeLinks(this.#shell) };
  }

  async #serve(network: HostNetwork): Promise<void> {
    const { links } = await this.#correctLinks();
    const { ports, routers } = this.#carried;
    await this.#services.convergeOne(network, ports, links);
    await this.#routing.updateGuests(
      routers.filter(({ interfaces }) => interfaces.some(({ networkId, advertised }) => advertised && networkId === network.id)),
      ports,
    );
  }
}
