/** Keeps the ways of a host's networks to other hosts: a VXLAN device on each bridge, and what is known of where guests are. */
import { Type as t } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { tunnelName } from '../../device-names.ts';
import type { Correction, HostNetwork } from '../../driver.ts';
import type { HostRouter } from '../../host-router.ts';
import type { HostTunnel } from '../../host-tunnel.ts';
import { type HostShell, runIpBatch } from '../../shell/host-shell.ts';
import type { CloudMark } from './cloud-mark.ts';
import { KernelRules, removal, replacement } from './kernel-rules.ts';
import type { SeenLink } from './seen-links.ts';
import { anycastTable, underlayTable } from './tunnel-filter.ts';
import { entrySteps, type SeenEntry, tunnelSteps } from './tunnel-plan.ts';

/** What the host carries beside its tunnels. */
interface Surroundings {
  readonly networks: ReadonlyMap<string, HostNetwork>;
  readonly routers: readonly HostRouter[];
  /** The devices of the host. */
  readonly links: ReadonlyMap<string, SeenLink>;
}

const shownEntries = t.Array(
  t.Object({ mac: t.String(), dst: t.Optional(t.String()), master: t.Optional(t.String()), state: t.Optional(t.String()) }),
);

export class Tunnels {
  readonly #shell: HostShell;
  readonly #cloud: CloudMark;
  readonly #tables: readonly [anycast: string, underlay: string];
  readonly #rules: KernelRules;

  constructor(shell: HostShell, cloud: CloudMark) {
    this.#shell = shell;
    this.#cloud = cloud;
    this.#tables = [`bridge ${cloud.table('nova_anycast')}`, `inet ${cloud.table('nova_underlay')}`];
    this.#rules = new KernelRules(shell, this.#tables);
  }

  /** Those of networks that the host carries. */
  wantedOf(tunnels: readonly HostTunnel[], networks: ReadonlyMap<string, HostNetwork>): readonly HostTunnel[] {
    return tunnels.filter(({ networkId }) => networks.has(networkId));
  }

  /** The devices for the tunnels, by name. */
  deviceNames(tunnels: readonly HostTunnel[], networks: ReadonlyMap<string, HostNetwork>): readonly string[] {
    return this.wantedOf(tunnels, networks).map(({ networkId }) => tunnelName(networkId));
  }

  /** Makes the ways as wanted. Devices of former ones have gone with the other devices that are not wanted. */
  async converge(tunnels: readonly HostTunnel[], { networks, routers, links }: Surroundings): Promise<Correction[]> {
    const wanted = this.wantedOf(tunnels, networks);
    // The filters first: a tunnel without them would mix up what every host has.
    const hasNewRules = await this.#rules.converge(this.#ruleset(wanted, { networks, routers }));
    const steps = wanted.flatMap((tunnel) => {
      const network = networks.get(tunnel.networkId);
      return network ? tunnelSteps(tunnel, network, { seen: links.get(tunnelName(tunnel.networkId)), cloud: this.#cloud }) : [];
    });
    await runIpBatch(this.#shell, steps);
    const isFlooded = await this.#correctEntries(wanted);
    return hasNewRules || steps.length > 0 || isFlooded ? [{ part: 'tunnel', what: 'the ways to other hosts were not as wanted' }] : [];
  }

  /** Removes the filters; the devices go with all others. */
  async removeAll(): Promise<void> {
    this.#rules.forget();
    await this.#shell.run('nft', ['-f', '-'], { input: this.#tables.map(removal).join('') });
  }

  /** True if frames for everybody did not go to the right hosts. */
  async #correctEntries(tunnels: readonly HostTunnel[]): Promise<boolean> {
    let isFlooded = false;
    for (const tunnel of tunnels) {
      const { flooding, guests } = entrySteps(tunnel, await this.#seeEntries(tunnelName(tunnel.networkId)));
      const lines = [...flooding, ...guests];
      if (lines.length > 0) await this.#shell.run('bridge', ['-batch', '-'], { input: `${lines.join('\n')}\n` });
      isFlooded ||= flooding.length > 0;
    }
    return isFlooded;
  }

  async #seeEntries(device: string): Promise<readonly SeenEntry[]> {
    const { stdout } = await this.#shell.run('bridge', ['-json', 'fdb', 'show', 'dev', device]);
    const entries = Value.Parse(shownEntries, JSON.parse(stdout || '[]'));
    // Without a destination and permanent: the device's own address.
    return entries.filter(({ dst, state }) => dst !== undefined || state !== 'permanent').map(({ mac, dst }) => ({ mac, dst }));
  }

  #ruleset(tunnels: readonly HostTunnel[], { networks, routers }: Omit<Surroundings, 'links'>): string {
    const [anycast, underlay] = this.#tables;
    if (tunnels.length === 0) return this.#tables.map(removal).join('');
    const sorted = tunnels.toSorted((a, b) => a.vni - b.vni);
    return [replacement(anycast, anycastTable(sorted, routers)), replacement(underlay, underlayTable(sorted, [...networks.values()]))].join(
      '',
    );
  }
}
