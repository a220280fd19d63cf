import type { PortId } from '../../objects/ids.ts';
import type { HostNetwork, HostNetworking, HostPort, SecurityRule } from './driver.ts';
import { memoize } from '../../lib/memo/memoize.ts';

/** A part of the host as one text, for comparing; ports apart from their rules, which many of them share. */
interface MadePort {
  readonly wires: string;
  readonly rules: string;
}

/** How a host was last made, kept so that comparing the books with it takes no time for what many ports have in common. */
export class Made {
  readonly #networks: Map<string, string>;
  readonly #ports: Map<PortId, MadePort>;

  constructor({ networks, ports }: HostNetworking) {
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

  /** What is to be done for the host to be as wanted: nothing, other `rules`, or more than that. */
  differenceTo({ networks, ports }: HostNetworking): 'none' | 'rules' | 'more' {
    if (networks.length !== this.#networks.size || ports.length !== this.#ports.size) return 'more';
    if (networks.some((network) => this.#networks.get(network.id) !== JSON.stringify(network))) return 'more';
    let difference: 'none' | 'rules' = 'none';
    for (const port of ports) {
      const [made, wanted] = [this.#ports.get(port.id), textsOf(port)];
      if (made?.wires !== wanted.wires) return 'more';
      if (made.rules !== wanted.rules) difference = 'rules';
    }
    return difference;
  }
}

/** The texts of rules by the list that they came in: ports of the same groups share one. */
const textOfRules = memoize((rules: readonly SecurityRule[]) => JSON.stringify(rules));

const textsOf = ({ rules, ...wires }: HostPort): MadePort => ({ wires: JSON.stringify(wires), rules: textOfRules(rules) });
