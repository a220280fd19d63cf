/** Runs a DHCP server for each network that needs one, and stops those of networks that left. */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { accountOf } from '../../../../lib/accounts/account.ts';
import { allowTraversal } from '../../../../lib/accounts/traverse.ts';
import type { Clock } from '../../../../lib/clock/clock.ts';
import type { Log } from '../../../../lib/log/log.ts';
import { bridgeName } from '../../device-names.ts';
import type { Correction, HostNetwork, HostPort } from '../../driver.ts';
import { servedSubnets } from './dhcp-config.ts';
import { Dnsmasq } from './dnsmasq.ts';
import type { ServingPlace } from './serving.ts';

/** Nova's customary lease: short, because addresses change owners. */
const LEASE_SECONDS = 120;

export interface DhcpServersOptions {
  readonly stateDir: string;
  /** Directories of the program, which it may open for its daemons to pass through. */
  readonly programDir: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly domain: string;
  readonly leaseSeconds?: number;
}

export class DhcpServers {
  readonly #options: DhcpServersOptions;
  readonly #servers = new Map<string, Dnsmasq>();

  constructor(options: DhcpServersOptions) {
    this.#options = options;
  }

  /** Serves exactly these networks, each at its place. */
  async converge(
    networks: readonly HostNetwork[],
    ports: readonly HostPort[],
    places: ReadonlyMap<string, ServingPlace>,
  ): Promise<Correction[]> {
    const left = await this.#removeOthers(networks.filter((network) => servedSubnets(network).length > 0));
    // One after the other: a host with many networks must not start many daemons at once.
    const served: Correction[] = [];
    for (const network of networks) {
      const place = places.get(network.id);
      if (place) served.push(...(await this.convergeOne(network, ports, place)));
    }
    return [...left, ...served];
  }

  /** Serves one network's guests. */
  async convergeOne(network: HostNetwork, ports: readonly HostPort[], place: ServingPlace): Promise<Correction[]> {
    if (servedSubnets(network).length === 0) return [];
    const server = await this.#server(directoryName(network));
    const here = ports.filter((port) => port.networkId === network.id);
    const what = await server.converge(network, here, place);
    return what ? [{ part: 'dhcp', what: `${what} (network ${network.id})` }] : [];
  }

  /** The directories on disk show which servers ran, also those of an earlier process. */
  async #removeOthers(wanted: readonly HostNetwork[]): Promise<Correction[]> {
    const names = new Set(wanted.map(directoryName));
    const present = await readdir(this.#directory()).catch(() => []);
    const leftovers = present.filter((name) => !names.has(name));
    for (const name of leftovers) {
      await (await this.#server(name)).remove();
      this.#servers.delete(name);
    }
    return leftovers.map((name) => ({ part: 'dhcp', what: `dnsmasq of ${name} was not wanted any more` }));
  }

  async #server(name: string): Promise<Dnsmasq> {
    const known = this.#servers.get(name);
    if (known) return known;
    const { clock, domain, leaseSeconds = LEASE_SECONDS, stateDir, programDir, log } = this.#options;
    await mkdir(this.#directory(), { recursive: true, mode: 0o755 });
    const account = await accountOf('dnsmasq', stateDir);
    await allowTraversal(this.#directory(), { daemon: 'dnsmasq', account, below: programDir, log });
    const server = new Dnsmasq(join(this.#directory(), name), { clock, settings: { domain, leaseSeconds }, account });
    this.#servers.set(name, server);
    return server;
  }

  #directory(): string {
    return join(this.#options.stateDir, 'dhcp');
  }
}

/** By id, also for an operator's bridge: that may serve another network later. */
const directoryName = (network: HostNetwork): string => bridgeName({ id: network.id });
