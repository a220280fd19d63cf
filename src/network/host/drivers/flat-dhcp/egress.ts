/**
 * Lets what leaves the cloud by an external network go on to where the machine is, with the machine's address. A host in a namespace of its
 * own gets a link to the machine's for that.
 */
import { BRIDGE_PREFIX } from '../../device-names.ts';
import type { Correction, HostNetwork } from '../../driver.ts';
import { commandSucceeds, type HostShell, hostShell, runIpBatch } from '../../shell/host-shell.ts';
import type { CloudMark } from './cloud-mark.ts';
import { lendForwarding, returnForwarding } from './forwarding.ts';
import { endsHere } from './host-addressing.ts';
import { ipVersion } from './ip-text.ts';
import { KernelRules, removal, replacement } from './kernel-rules.ts';
import { type SeenLink, seeLinks } from './seen-links.ts';
import { HOST_END, isOfUplink, type Uplink, uplinkOf, uplinkTable } from './uplink.ts';

export class Egress {
  readonly #shell: HostShell;
  readonly #machine = hostShell({ netns: null });
  readonly #rules: KernelRules;
  readonly #table: string;
  readonly #uplink: Uplink | undefined;
  readonly #uplinkRules: KernelRules | undefined;
  #isForwarding = false;

  constructor(shell: HostShell, cloud: CloudMark) {
    this.#shell = shell;
    this.#table = `ip ${cloud.table('nova_egress')}`;
    this.#rules = new KernelRules(shell, [this.#table]);
    this.#uplink = shell.netns === null ? undefined : uplinkOf(shell.netns);
    this.#uplinkRules = this.#uplink && new KernelRules(this.#machine, [this.#uplink.table]);
  }

  /** Serves those of the networks that end at this host, and tunnels to other hosts; `links` are the host's devices. */
  async converge(
    networks: readonly HostNetwork[],
    { links, hasTunnels }: { readonly links: ReadonlyMap<string, SeenLink>; readonly hasTunnels: boolean },
  ): Promise<Correction[]> {
    if (!networks.some(endsHere) && !hasTunnels) return [];
    const isLinked = this.#uplink ? await this.#link(this.#uplink, links.get(HOST_END)) : false;
    const hasNewRules = await this.#rules.converge(replacement(this.#table, egressTable(networks)));
    if (!this.#isForwarding || hasNewRules) await lendForwarding(this.#shell);
    this.#isForwarding = true;
    return isLinked || hasNewRules ? [{ part: 'egress', what: 'the way out of the cloud was not as wanted' }] : [];
  }

  /** Removes the way out. */
  async remove(): Promise<void> {
    this.#rules.forget();
    this.#uplinkRules?.forget();
    await this.#shell.run('nft', ['-f', '-'], { input: removal(this.#table) });
    await returnForwarding(this.#shell);
    if (this.#shell.netns !== null) await removeUplink(this.#shell.netns);
  }

  /** Links the host's namespace, with `inner` as its end, with the machine's; true if it had to do something. */
  async #link(uplink: Uplink, inner: SeenLink | undefined): Promise<boolean> {
    const links = await seeLinks(this.#machine);
    await this.#dropStale(links);
    const outer = links.get(uplink.device);
    const hasNewRules = await this.#uplinkRules?.converge(replacement(uplink.table, uplinkTable(uplink)));
    const isWhole =
      outer?.isUp && inner?.isUp && outer.addresses.includes(`${uplink.machine}/30`) && inner.addresses.includes(`${uplink.host}/30`);
    if (isWhole) return hasNewRules === true;
    if (outer) await commandSucceeds(this.#machine, 'ip', ['link', 'del', uplink.device]);
    await runIpBatch(this.#machine, [
      `link add name ${uplink.device} type veth peer name ${HOST_END} netns ${this.#shell.netns}`,
      `address add ${uplink.machine}/30 dev ${uplink.device}`,
      `link set dev ${uplink.device} up`,
    ]);
    await runIpBatch(this.#shell, [
      `address add ${uplink.host}/30 dev ${HOST_END}`,
      `link set dev ${HOST_END} up`,
      `route replace default via ${uplink.machine}`,
    ]);
    await lendForwarding(this.#machine);
    return true;
  }

  /** A host that was deleted took its end of the link with it, and the other end went too; the rules for it are left. */
  async #dropStale(links: ReadonlyMap<string, SeenLink>): Promise<void> {
    const { stdout } = await this.#machine.run('nft', ['list', 'tables', 'ip']);
    for (const { table, device } of stdout.split('\n').flatMap((line) => isOfUplink(line) ?? [])) {
      if (!links.has(device) && table !== this.#uplink?.table) await this.#machine.run('nft', ['-f', '-'], { input: removal(table) });
    }
  }
}

/** Removes from the machine what links it with a host, by the name of the host's namespace; a no-op where there is nothing. */
export async function removeUplink(netns: string): Promise<void> {
  const [machine, { table, device }] = [hostShell({ netns: null }), uplinkOf(netns)];
  await machine.run('nft', ['-f', '-'], { input: removal(table) });
  await commandSucceeds(machine, 'ip', ['link', 'del', device]);
  await returnForwarding(machine);
}

/**
 * On the host: what comes from an external network and goes elsewhere gets the host's address. What goes to a bridge does not: the kernel
 * shows bridged packets here too, and guests must see who it is that comes by their floating IP.
 */
function egressTable(networks: readonly HostNetwork[]): string {
  const operators = networks.flatMap(({ bridge }) => (bridge === undefined ? [] : [`"${bridge}"`]));
  const elsewhere = [`oifname != "${BRIDGE_PREFIX}*"`, ...(operators.length > 0 ? [`oifname != { ${operators.join(', ')} }`] : [])].join(
    ' ',
  );
  const sources = networks
    .filter(endsHere)
    .flatMap(({ subnets }) => subnets.map(({ cidr }) => cidr).filter((cidr) => ipVersion(cidr) === 4));
  return `
  chain postrouting {
    type nat hook postrouting priority 100; policy accept;
    ${sources.length > 0 ? `ip saddr { ${sources.join(', ')} } ${elsewhere} masquerade` : ''}
  }
`;
}
