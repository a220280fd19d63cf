/** What the driver has been told that its host carries. */
import { HostNotConverged, type HostNetwork, type HostPort } from '../../driver.ts';
import type { HostRouter } from '../../host-router.ts';
import type { HostTunnel } from '../../host-tunnel.ts';
import { servesInHost } from './host-addressing.ts';

export class Carried {
  #networks: Map<string, HostNetwork> | undefined;
  #ports = new Map<string, HostPort>();
  /** Ports by the place where they are served and their address there. */
  #holders = new Map<string, HostPort>();
  routers: readonly HostRouter[] = [];
  tunnels: readonly HostTunnel[] = [];

  /** The networks by id; fails before the first `converge`. */
  get networks(): Map<string, HostNetwork> {
    if (!this.#networks) throw HostNotConverged({});
    return this.#networks;
  }

  get ports(): readonly HostPort[] {
    return [...this.#ports.values()];
  }

  port(id: string): HostPort | undefined {
    return this.#ports.get(id);
  }

  /** Carries these networks, and those of the ports that are on them. */
  set(networks: readonly HostNetwork[], ports: readonly HostPort[]): void {
    const known = (this.#networks = new Map(networks.map((network) => [network.id, network])));
    this.setPorts(ports.filter(({ networkId }) => known.has(networkId)));
  }

  setPorts(ports: readonly HostPort[]): void {
    this.#ports = new Map(ports.map((port) => [port.id, port]));
    this.#holders = new Map(
      ports.flatMap((port) => port.fixedIps.map(({ ipAddress }) => [holderKey(this.#placeOf(port), ipAddress), port] as const)),
    );
  }

  /** Nothing, as before the first `converge`. */
  clear(): void {
    this.#networks = undefined;
    this.setPorts([]);
  }

  /** Who has an address in a network, or with null in one of those that the host serves itself. */
  holderOf(networkId: string | null, address: string): HostPort | undefined {
    return this.#holders.get(holderKey(networkId, address));
  }

  #placeOf({ networkId }: HostPort): string | null {
    const network = this.#networks?.get(networkId);
    return network && servesInHost(network) ? null : networkId;
  }
}

const holderKey = (networkId: string | null, address: string): string => `${networkId ?? ''} ${address}`;
