/** Keeps the routers of one host: a namespace each, with its devices on the bridges of its networks. */
import { readdir } from 'node:fs/promises';
import { legName } from '../../device-names.ts';
import type { Correction, HostNetwork } from '../../driver.ts';
import type { HostRouter } from '../../host-router.ts';
import { type HostShell, hostShell, runIpBatch } from '../../shell/host-shell.ts';
import type { CloudMark } from './cloud-mark.ts';
import { KernelRules, replacement } from './kernel-rules.ts';
import { ROUTER_TABLE, routerTable } from './router-filter.ts';
import { devicesOf, innerSteps, outerSteps, type RouterDevice } from './router-plan.ts';
import { correctRoutes, startForwarding } from './router-routes.ts';
import { seeLinks, type SeenLink } from './seen-links.ts';

/** The kernel's handles of named namespaces. */
const NAMESPACES = '/run/netns';

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
  /** Namespaces of several clouds and hosts are on one machine. */
  readonly #prefix: string;
  readonly #known = new Map<string, Known>();

  constructor(shell: HostShell, cloud: CloudMark) {
    this.#shell = shell;
    this.#cloud = cloud;
    this.#prefix = `${shell.netns ?? 'nova-ts'}.${cloud.table('router')}.`;
  }

  /** The host's ends of the devices of routers on carried networks, by name. */
  deviceNames(routers: readonly HostRouter[], networks: ReadonlyMap<string, HostNetwork>): readonly string[] {
    return routers.flatMap((router) => devicesOf(router, networks).map(({ leg }) => legName(leg.portId)));
  }

  /** Carries exactly these routers; `links` are the host's devices. */
  async converge(
    routers: readonly HostRouter[],
    networks: ReadonlyMap<string, HostNetwork>,
    links: ReadonlyMap<string, SeenLink>,
  ): Promise<Correction[]> {
    const present = await this.#present();
    const wanted = new Set(routers.map(({ id }) => id));
    const leftovers = present.filter((id) => !wanted.has(id));
    for (const id of leftovers) await this.#remove(id);
    const corrected: Correction[] = leftovers.map((id) => ({ part: 'router', what: `router ${id} was not wanted any more` }));
    // One after the other: a host with many routers must not run many commands at once.
    for (const router of routers) {
      const isNew = !present.includes(router.id);
      if (isNew) await this.#add(router.id);
      const isChanged = await this.#convergeOne(router, devicesOf(router, networks), links);
      if (isNew || isChanged) corrected.push({ part: 'router', what: `router ${router.id} was ${isNew ? 'missing' : 'not as wanted'}` });
    }
    return corrected;
  }

  async #convergeOne(router: HostRouter, devices: readonly RouterDevice[], links: ReadonlyMap<string, SeenLink>): Promise<boolean> {
    const known = this.#knownOf(router.id);
    const { shell, rules } = known;
    const seen = await seeLinks(shell);
    const netns = this.#namespaceOf(router.id);
    const outer = devices.flatMap((device) => {
      const end = links.get(legName(device.leg.portId));
      // Both ends or none: a half that was left is replaced.
      if (end && !seen.has(device.name))
        return [`link del dev ${end.name}`, ...outerSteps(device, { seen: undefined, netns, cloud: this.#cloud })];
      return outerSteps(device, { seen: end, netns, cloud: this.#cloud });
    });
    await runIpBatch(this.#shell, outer);
    const inner = innerSteps(devices, outer.length > 0 ? await seeLinks(shell) : seen);
    await runIpBatch(shell, inner);
    // Before it forwards anything: the rules that translate.
    const hasNewRules = await rules.converge(replacement(ROUTER_TABLE, routerTable(router)));
    const routes = await correctRoutes(router, shell);
    if (!known.isForwarding) await startForwarding(shell);
    known.isForwarding = true;
    return outer.length > 0 || inner.length > 0 || hasNewRules || routes;
  }

  /** Removes all routers of the cloud from the host. */
  async removeAll(): Promise<void> {
    for (const id of await this.#present()) await this.#remove(id);
  }

  async #present(): Promise<string[]> {
    const names = await readdir(NAMESPACES).catch((): string[] => []);
    return names.filter((name) => name.startsWith(this.#prefix)).map((name) => name.slice(this.#prefix.length));
  }

  async #add(id: string): Promise<void> {
    // What was known is of a namespace that somebody else removed.
    this.#known.delete(id);
    await this.#shell.run('ip', ['netns', 'add', this.#namespaceOf(id)]);
  }

  async #remove(id: string): Promise<void> {
    this.#known.delete(id);
    await this.#shell.run('ip', ['netns', 'del', this.#namespaceOf(id)]);
  }

  #namespaceOf(id: string): string {
    return `${this.#prefix}${id}`;
  }

  #knownOf(id: string): Known {
    const known = this.#known.get(id);
    if (known) return known;
    const shell = hostShell({ netns: this.#namespaceOf(id) });
    const made = { shell, rules: new KernelRules(shell, [ROUTER_TABLE]), isForwarding: false };
    this.#known.set(id, made);
    return made;
  }
}
