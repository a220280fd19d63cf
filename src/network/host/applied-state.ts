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

  constructor({ networks, ports, routers = [] }: HostNetworking) {
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

  /** How the wanted state differs: not at all, only in `rules`, or in more than that. */
  differenceTo({ networks, ports, routers = [] }: HostNetworking): 'none' | 'rules' | 'more' {
    if (JSON.stringify(routers) !== this.#routers) return 'more';
    if (networks.length !== this.#networks.size || ports.length !== this.#ports.size) return 'more';
    if (networks.some((network) => this.#networks.get(network.id) !== JSON.stringify(network))) return 'more';
    let difference: 'none' | 'rules' = 'none';
    for (const port of ports) {
      const [applied, wanted] = [this.#ports.get(port.id), textsOf(port)];
      if (applied?.settings !== wanted.settings) return 'more';
      if (applied.rules !== wanted.rules) difference = 'rules';
    }
    return difference;
  }
}

/** Serialised rules, memoized by their list: ports of the same groups share one. */
const textOfRules = memoize((rules: readonly SecurityRule[]) => JSON.stringify(rules));

const textsOf = ({ rules, ...settings }: HostPort): AppliedPort => ({ settings: JSON.stringify(settings), rules: textOfRules(rules) });
