/** Keeps a cloud's tables in the kernel equal to what the ports need. */
import type { HostNetwork, HostPort } from '../../driver.ts';
import type { HostRouter } from '../../host-router.ts';
import type { HostShell } from '../../shell/host-shell.ts';
import { bridgeTable } from './anti-spoofing.ts';
import type { CloudMark } from './cloud-mark.ts';
import { guestTable } from './guest-filter.ts';
import { KernelRules, removal, replacement } from './kernel-rules.ts';
import { portMarks } from './port-marks.ts';
import { GUARD_TABLE, guardTable } from './tap-guard.ts';

/** The kinds of a cloud's tables. */
const PORTS = 'nova_ports';
const GUESTS = 'nova_guests';

const GUARD = `bridge ${GUARD_TABLE}`;

/** What earlier releases loaded, of which a namespace had one cloud only: they would drop all that is not in them. */
const EARLIER_TABLES = [`bridge ${PORTS}`, `inet ${GUESTS}`];

/** What a host carries, as far as filters are concerned. */
interface Filtered {
  readonly networks: readonly HostNetwork[];
  readonly ports: readonly HostPort[];
  readonly routers: readonly HostRouter[];
}

export class PacketFilters {
  readonly #shell: HostShell;
  readonly #cloud: CloudMark;
  readonly #own: { readonly ports: string; readonly guests: string };
  readonly #rules: KernelRules;

  constructor(shell: HostShell, cloud: CloudMark) {
    this.#shell = shell;
    this.#cloud = cloud;
    this.#own = { ports: `bridge ${cloud.table(PORTS)}`, guests: `inet ${cloud.table(GUESTS)}` };
    this.#rules = new KernelRules(shell, [GUARD, ...Object.values(this.#own)]);
  }

  /** Loads the rules unless they were loaded last; does not read the kernel. For use between two calls of `converge`. */
  apply(carried: Filtered): Promise<void> {
    return this.#rules.apply(this.#ruleset(carried));
  }

  /** Makes sure that the kernel has the rules; true when it did not. */
  converge(carried: Filtered): Promise<boolean> {
    return this.#rules.converge(this.#ruleset(carried));
  }

  /** Removes our tables; the guard of all taps goes with those of the last cloud. */
  async remove(): Promise<void> {
    this.#rules.forget();
    const own = Object.values(this.#own);
    const { stdout } = await this.#shell.run('nft', ['list', 'tables']);
    const others = stdout
      .split('\n')
      .filter((line) => line.startsWith(`table bridge ${PORTS}`) && !own.includes(line.replace('table ', '')));
    const leaving = [...own, ...EARLIER_TABLES, ...(others.length > 0 ? [] : [GUARD])];
    await this.#shell.run('nft', ['-f', '-'], { input: leaving.map(removal).join('') });
  }

  /** Sorted, so that the order of the input does not matter. */
  #ruleset({ networks, ports, routers }: Filtered): string {
    const legs = routers.flatMap(({ interfaces }) => interfaces.map(({ macAddress }) => macAddress.toLowerCase()));
    const routerMacs = [...new Set(legs)].sort();
    const [someNetworks, somePorts] = [networks.toSorted(byId), ports.toSorted(byId)];
    const marks = portMarks(somePorts.map((port) => port.id));
    const { metadataPort } = this.#cloud;
    return [
      ...EARLIER_TABLES.map(removal),
      replacement(GUARD, guardTable),
      replacement(this.#own.ports, bridgeTable(someNetworks, somePorts, marks)),
      replacement(this.#own.guests, guestTable(someNetworks, somePorts, { marks, metadataPort, routerMacs })),
    ].join('');
  }
}

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);
