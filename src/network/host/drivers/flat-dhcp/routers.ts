/** Keeps the routers of one host: a namespace each, with its devices on the bridges of its networks. */
import { readdir } from 'node:fs/promises';
import { Type as t } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { legName } from '../../device-names.ts';
import type { Correction, HostNetwork, HostRouter } from '../../driver.ts';
import { CommandFailed, type HostShell, hostShell } from '../../shell/host-shell.ts';
import type { CloudMark } from './cloud-mark.ts';
import { KernelRules, replacement } from './kernel-rules.ts';
import { ROUTER_TABLE, routerTable } from './router-filter.ts';
import { devicesOf, innerSteps, outerSteps, type Route, type RouterDevice, routesOf, routeSteps } from './router-plan.ts';
import { seeLinks, type SeenLink } from './seen-links.ts';

/** The kernel's handles of named namespaces. */
const NAMESPACES = '/run/netns';

const shownRoutes = t.Array(t.Object({ dst: t.String(), gateway: t.Optional(t.String()) }));

/** What this process knows of a router's namespace. */
interface Known {
  readonly shell: HostShell;
  readonly rules: KernelRules;
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
      if (isNew) await this.#shell.run('ip', ['netns', 'add', this.#namespaceOf(router.id)]);
      const isChanged = await this.#convergeOne(router, devicesOf(router, networks), links);
      if (isNew || isChanged) corrected.push({ part: 'router', what: `router ${router.id} was ${isNew ? 'missing' : 'not as wanted'}` });
    }
    return corrected;
  }

  async #convergeOne(router: HostRouter, devices: readonly RouterDevice[], links: ReadonlyMap<string, SeenLink>): Promise<boolean> {
    const { shell, rules } = this.#knownOf(router.id);
    const seen = await seeLinks(shell);
    const netns = this.#namespaceOf(router.id);
    const outer = devices.flatMap((device) => {
      const end = links.get(legName(device.leg.portId));
      // Both ends or none: a half that was left is replaced.
      if (end && !seen.has(device.name))
        return [`link del dev ${end.name}`, ...outerSteps(device, { seen: undefined, netns, cloud: this.#cloud })];
      return outerSteps(device, { seen: end, netns, cloud: this.#cloud });
    });
    await batch(this.#shell, outer);
    const inner = innerSteps(devices, outer.length > 0 ? await seeLinks(shell) : seen);
    await batch(shell, inner);
    // Before it forwards anything: the rules that translate.
    const hasNewRules = await rules.converge(replacement(ROUTER_TABLE, routerTable(router)));
    const routes = await this.#correctRoutes(router, shell);
    if (hasNewRules || outer.length > 0) await startForwarding(shell);
    return outer.length > 0 || inner.length > 0 || hasNewRules || routes;
  }

  /** A next hop that is on none of the carried networks has no route: the rest is set all the same. */
  async #correctRoutes(router: HostRouter, shell: HostShell): Promise<boolean> {
    const wanted = routesOf(router);
    let isChanged = false;
    for (const version of [4, 6] as const) {
      const steps = routeSteps(wanted, await seeRoutes(shell, version), version);
      for (const step of steps) {
        const isDone = await shell.run('ip', [`-${version}`, ...step.split(' ')]).then(
          () => true,
          (error: unknown) => {
            if (CommandFailed.is(error)) return false;
            throw error;
          },
        );
        isChanged ||= isDone;
      }
    }
    return isChanged;
  }

  /** Removes all routers of the cloud from the host. */
  async removeAll(): Promise<void> {
    for (const id of await this.#present()) await this.#remove(id);
  }

  async #present(): Promise<string[]> {
    const names = await readdir(NAMESPACES).catch((): string[] => []);
    return names.filter((name) => name.startsWith(this.#prefix)).map((name) => name.slice(this.#prefix.length));
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
    const made = { shell, rules: new KernelRules(shell, [ROUTER_TABLE]) };
    this.#known.set(id, made);
    return made;
  }
}

async function batch(shell: HostShell, lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await shell.run('ip', ['-batch', '-'], { input: `${lines.join('\n')}\n` });
}

/** Has a namespace forward packets. */
export async function startForwarding(shell: HostShell): Promise<void> {
  for (const file of ['/proc/sys/net/ipv4/ip_forward', '/proc/sys/net/ipv6/conf/all/forwarding'])
    await shell.run('tee', [file], { input: '1\n' });
}

async function seeRoutes(shell: HostShell, version: 4 | 6): Promise<readonly Route[]> {
  const { stdout } = await shell.run('ip', [`-${version}`, '-json', 'route', 'show']);
  return Value.Parse(shownRoutes, JSON.parse(stdout || '[]')).flatMap(({ dst, gateway }) =>
    gateway === undefined ? [] : [{ to: dst, via: gateway }],
  );
}
