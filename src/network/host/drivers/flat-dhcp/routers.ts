/** Keeps the routers of one host: a namespace each, with its devices on the bridges of its networks. */
import type { Correction, HostNetwork, HostPort } from '../../driver.ts';
import type { HostRouter } from '../../host-router.ts';
import type { HostTunnel } from '../../host-tunnel.ts';
import type { HostShell } from '../../shell/host-shell.ts';
import type { CloudMark } from './cloud-mark.ts';
import { startForwarding } from './forwarding.ts';
import { KernelRules, replacement } from './kernel-rules.ts';
import { connectLegs, type Leg } from './legs.ts';
import { Namespaces } from './namespaces.ts';
import { ROUTER_TABLE, routerTable } from './router-filter.ts';
import { RouterAdverts, type RouterAdvertsOptions } from './router-adverts.ts';
import { correctNeighbours } from './router-neighbours.ts';
import { devicesOf } from './router-plan.ts';
import { correctRoutes } from './router-routes.ts';
import type { SeenLink } from './seen-links.ts';

/** What the host carries beside its routers. */
interface Surroundings {
  /** The devices of the host. */
  readonly links: ReadonlyMap<string, SeenLink>;
  readonly tunnels: readonly HostTunnel[];
  readonly ports: readonly HostPort[];
}

/** What this process knows of a router's namespace. */
interface Known {
  readonly shell: HostShell;
  readonly rules: KernelRules;
  /** Whether this process has it forward. */
  isForwarding: boolean;
}

export class Routers {
  readonly #shell: HostShell;
  readonly #cloud: CloudMark;
  readonly #namespaces: Namespaces;
  readonly #adverts: RouterAdverts;
  readonly #known = new Map<string, Known>();

  constructor(shell: HostShell, cloud: CloudMark, options: RouterAdvertsOptions) {
    this.#shell = shell;
    this.#adverts = new RouterAdverts(options);
    this.#cloud = cloud;
    this.#namespaces = new Namespaces(shell, cloud, 'router');
  }

  /** The host's ends of the devices of routers on carried networks, by name. */
  deviceNames(routers: readonly HostRouter[], networks: ReadonlyMap<string, HostNetwork>): readonly string[] {
    return routers.flatMap((router) => devicesOf(router, networks).map(({ outer }) => outer));
  }

  /** Carries exactly these routers; `links` are the host's devices. */
  async converge(
    routers: readonly HostRouter[],
    networks: ReadonlyMap<string, HostNetwork>,
    { links, tunnels, ports }: Surroundings,
  ): Promise<Correction[]> {
    const present = await this.#namespaces.present();
    const wanted = new Set(routers.map(({ id }) => id));
    const leftovers = present.filter((id) => !wanted.has(id));
    for (const id of leftovers) await this.#remove(id);
    await this.#adverts.keepOnly([...wanted]);
    const corrected: Correction[] = leftovers.map((id) => ({ part: 'router', what: `router ${id} was not wanted any more` }));
    // One after the other: a host with many routers must not run many commands at once.
    for (const router of routers) {
      const isNew = !present.includes(router.id);
      if (isNew) await this.#add(router.id);
      const isChanged = await this.#convergeOne(router, devicesOf(router, networks), { links, ports });
      const hasNeighbours = await correctNeighbours(router, tunnels, this.#knownOf(router.id).shell);
      if (isNew || isChanged || hasNeighbours)
        corrected.push({ part: 'router', what: `router ${router.id} was ${isNew ? 'missing' : 'not as wanted'}` });
    }
    return corrected;
  }

  async #convergeOne(router: HostRouter, devices: readonly Leg[], { links, ports }: Omit<Surroundings, 'tunnels'>): Promise<boolean> {
    const known = this.#knownOf(router.id);
    const { shell, rules } = known;
    const { isChanged } = await connectLegs(devices, { host: this.#shell, inside: shell, cloud: this.#cloud, links });
    // Before it forwards anything: the rules that translate.
    const hasNewRules = await rules.converge(replacement(ROUTER_TABLE, routerTable(router)));
    const routes = await correctRoutes(router, shell);
    if (!known.isForwarding) await startForwarding(shell);
    known.isForwarding = true;
    const isTelling = await this.#adverts.converge(router, shell, ports);
    return isChanged || hasNewRules || routes || isTelling;
  }

  /** Gives the guests of the ports what routers give by DHCP. */
  async updateGuests(routers: readonly HostRouter[], ports: readonly HostPort[]): Promise<void> {
    for (const router of routers) await this.#adverts.converge(router, this.#knownOf(router.id).shell, ports);
  }

  /** Tells the routers where guests of other hosts are. */
  async updateNeighbours(routers: readonly HostRouter[], tunnels: readonly HostTunnel[]): Promise<void> {
    for (const router of routers) await correctNeighbours(router, tunnels, this.#knownOf(router.id).shell);
  }

  /** Removes all routers of the cloud from the host. */
  async removeAll(): Promise<void> {
    for (const id of await this.#namespaces.present()) await this.#remove(id);
    // Those of routers whose namespace somebody else removed.
    await this.#adverts.keepOnly([]);
  }

  async #add(id: string): Promise<void> {
    // What was known is of a namespace that somebody else removed.
    this.#known.delete(id);
    await this.#namespaces.add(id);
  }

  async #remove(id: string): Promise<void> {
    this.#known.delete(id);
    await this.#adverts.remove(id);
    await this.#namespaces.remove(id);
  }

  #knownOf(id: string): Known {
    const known = this.#known.get(id);
    if (known) return known;
    const shell = this.#namespaces.shellOf(id);
    const made = { shell, rules: new KernelRules(shell, [ROUTER_TABLE]), isForwarding: false };
    this.#known.set(id, made);
    return made;
  }
}
