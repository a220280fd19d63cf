/** Networking of a simulated host: keeps the contract of a real driver in memory, with failures on demand. */
import {
  type Correction,
  HostNotConverged,
  type HostNetwork,
  type HostNetworking,
  type HostPort,
  type NetworkDriver,
} from '../../driver.ts';
import type { HostRouter } from '../../host-router.ts';
import type { HostTunnel } from '../../host-tunnel.ts';
import type { PortId } from '../../../../objects/ids.ts';
import type { Vif } from '../../../../objects/network-info.ts';
import { bridgeName, tapName } from '../../device-names.ts';
import { makeWayFor, separateOverlapping } from '../../subnet-overlap.ts';

/** Called before each act; rejecting makes the act fail, awaiting delays it. */
export type FakeFault = (act: keyof NetworkDriver, portId?: PortId) => Promise<void>;

export class FakeNetworkDriver implements NetworkDriver {
  readonly #fault: FakeFault;
  #networks: Map<string, HostNetwork> | undefined;
  #ports = new Map<PortId, HostPort>();
  #routers = new Map<string, HostRouter>();
  #tunnels = new Map<string, HostTunnel>();

  constructor(options: { fault?: FakeFault } = {}) {
    this.#fault = options.fault ?? (async () => {});
  }

  /** The ports plugged now, for a test or a simulation to look at. */
  get ports(): readonly HostPort[] {
    return [...this.#ports.values()];
  }

  /** The routers carried now. */
  get routers(): readonly HostRouter[] {
    return [...this.#routers.values()];
  }

  /** The ways to other hosts as they are now. */
  get tunnels(): readonly HostTunnel[] {
    return [...this.#tunnels.values()];
  }

  /** The networks carried now. */
  get networks(): readonly HostNetwork[] {
    return [...(this.#networks?.values() ?? [])];
  }

  async converge(wanted: HostNetworking): Promise<readonly Correction[]> {
    await this.#fault('converge');
    const { carried } = separateOverlapping(wanted.networks);
    const networks = new Map(carried.map((network) => [network.id, network]));
    const ports = new Map(wanted.ports.filter((port) => networks.has(port.networkId)).map((port) => [port.id, port]));
    const routers = new Map((wanted.routers ?? []).map((router) => [router.id, router]));
    const tunnels = byNetwork(wanted.tunnels ?? []);
    const corrections: Correction[] = [
      ...differing(this.#networks ?? new Map(), networks).map((id) => ({ part: 'bridge' as const, what: `network ${id}` })),
      ...differing(this.#ports, ports).map((id) => ({ part: 'port' as const, what: `port ${id}` })),
      ...differing(this.#routers, routers).map((id) => ({ part: 'router' as const, what: `router ${id}` })),
      ...differing(this.#tunnels, tunnels).map((id) => ({ part: 'tunnel' as const, what: `network ${id}` })),
    ];
    this.#routers = routers;
    this.#tunnels = tunnels;
    this.#networks = networks;
    this.#ports = ports;
    return corrections;
  }

  async plug(port: HostPort, network: HostNetwork): Promise<Vif> {
    await this.#fault('plug', port.id);
    if (!this.#networks) throw HostNotConverged({});
    makeWayFor(network, this.#networks, this.ports);
    this.#networks.set(network.id, network);
    this.#ports.set(port.id, port);
    const { macAddress } = port;
    return { kind: 'fake', portId: port.id, bridge: bridgeName(network), tap: tapName(port.id), macAddress, mtu: network.mtu };
  }

  async unplug(portId: PortId): Promise<void> {
    await this.#fault('unplug', portId);
    if (!this.#networks) throw HostNotConverged({});
    this.#ports.delete(portId);
  }

  async updateSecurity(ports: readonly HostPort[]): Promise<void> {
    await this.#fault('updateSecurity');
    if (!this.#networks) throw HostNotConverged({});
    for (const port of ports) if (this.#ports.has(port.id)) this.#ports.set(port.id, port);
  }

  async updateTunnels(tunnels: readonly HostTunnel[]): Promise<void> {
    await this.#fault('updateTunnels');
    if (!this.#networks) throw HostNotConverged({});
    this.#tunnels = byNetwork(tunnels);
  }

  /** Whatever is plugged answers: it does not know whether a guest is behind it. */
  async answering(portIds: readonly PortId[]): Promise<readonly PortId[]> {
    return portIds.filter((id) => (this.#ports.get(id)?.fixedIps.length ?? 0) > 0);
  }

  async close(): Promise<void> {}
}

const byNetwork = (tunnels: readonly HostTunnel[]) => new Map(tunnels.map((tunnel) => [tunnel.networkId as string, tunnel]));

/** The ids whose values are not the same on both sides. */
const differing = (before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): string[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter((id) => JSON.stringify(before.get(id)) !== JSON.stringify(after.get(id)));
