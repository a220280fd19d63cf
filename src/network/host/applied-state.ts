import type { PortId } from '../../objects/ids.ts';
import type { HostNetwork, HostNetworking, HostPort, SecurityRule } from './driver.ts';
import { memoize } from '../../lib/memo/memoize.ts';

/** A port serialised for comparison; the rules apart, because many ports share them. */
interface AppliedPort {
  readonly settings: string;
  readonly rules: string;
}

/** The state that was last applied to a host. Comparing with it costs nothing for rules that many ports share. */
export class AppliedState {
  readonly #networks: Map<string, string>;
  readonly #ports: Map<PortId, AppliedPort>;
  readonly #routers: string;
  readonly #tunnels: string;

  constructor({ networks, ports, routers = [], tunnels = [] }: HostNetworking) {
    this.#tunnels = JSON.stringify(tunnels);
    this.#routers = JSON.stringify(routers);
    this.#networks = new Map(networks.map((network) => [network.id, JSON.stringify(network)]));
    this.#ports = new Map(ports.map((port) => [port.id, textsOf(port)]));
  }

  plugged(port: HostPort, network: HostNetwork): void {
    this.#networks.set(network.id, JSON.stringify(network));
    this.#ports.set(port.id, textsOf(port));
  }

  unplugged(id: PortId): void {
    this.#ports.delete(id);
  }

  /** Whether the host carries the network. */
  has(networkId: string): boolean {
    return this.#networks.has(networkId);
  }

  /** In what the wanted state differs, as long as there is a short way to change only that; `more` than that. */
  differenceTo({ networks, ports, routers = [], tunnels = [] }: HostNetworking): ReadonlySet<'rules' | 'tunnels'> | 'more' {
    if (JSON.stringify(routers) !== this.#routers) return 'more';
    if (networks.length !== this.#networks.size || ports.length !== this.#ports.size) return 'more';
    if (networks.some((network) => this.#networks.get(network.id) !== JSON.stringify(network))) return 'more';
    const difference = new Set<'rules' | 'tunnels'>();
    if (JSON.stringify(tunnels) !== this.#tunnels) difference.add('tunnels');
    for (const port of ports) {
      const [applied, wanted] = [this.#ports.get(port.id), textsOf(port)];
      if (applied?.settings !== wanted.settings) return 'more';
      if (applied.rules !== wanted.rules) difference.add('rules');
    }
    return difference;
  }
}

/** Serialised rules, memoized by their list: ports of the same groups share one. */
const textOfRules = memoize((rules: readonly SecurityRule[]) => JSON.stringify(rules));

const textsOf = ({ rules, ...settings }: HostPort): AppliedPort => ({ settings: JSON.stringify(settings), rules: textOfRules(rules) });
