/** Keeps a cloud's tables in the kernel equal to what the ports need: replaced whole, in one transaction, only when something differs. */
import { createHash } from 'node:crypto';
import type { HostNetwork, HostPort } from '../../driver.ts';
import { CommandFailed, type HostShell } from '../../shell/host-shell.ts';
import { bridgeTable } from './anti-spoofing.ts';
import type { CloudMark } from './cloud-mark.ts';
import { guestTable } from './guest-filter.ts';
import { portMarks } from './port-marks.ts';
import { GUARD_TABLE, guardTable } from './tap-guard.ts';

/** The kinds of a cloud's tables. */
const PORTS = 'nova_ports';
const GUESTS = 'nova_guests';

const GUARD = `bridge ${GUARD_TABLE}`;

/** What earlier releases loaded, of which a namespace had one cloud only: they would drop all that is not in them. */
const EARLIER_TABLES = [`bridge ${PORTS}`, `inet ${GUESTS}`];

export class PacketFilters {
  readonly #shell: HostShell;
  readonly #cloud: CloudMark;
  readonly #own: { readonly ports: string; readonly guests: string };
  /** The ruleset that was last loaded, and what the kernel showed right after, if it was read. */
  #applied: { ruleset: string; shown?: string } | undefined;

  constructor(shell: HostShell, cloud: CloudMark) {
    this.#shell = shell;
    this.#cloud = cloud;
    this.#own = { ports: `bridge ${cloud.table(PORTS)}`, guests: `inet ${cloud.table(GUESTS)}` };
  }

  /** Loads the rules unless they were loaded last; does not read the kernel. For use between two calls of `converge`. */
  async apply(networks: readonly HostNetwork[], ports: readonly HostPort[]): Promise<void> {
    const ruleset = this.#ruleset(networks, ports);
    if (this.#applied?.ruleset !== ruleset) await this.#put(ruleset);
  }

  /** Makes sure that the kernel has the rules; true when it did not. */
  async converge(networks: readonly HostNetwork[], ports: readonly HostPort[]): Promise<boolean> {
    const ruleset = this.#ruleset(networks, ports);
    const before = await this.#show();
    if (this.#applied?.ruleset === ruleset && this.#applied.shown === before) return false;
    await this.#put(ruleset);
    const shown = await this.#show();
    this.#applied = { ruleset, shown };
    return shown !== before;
  }

  /** Removes our tables; the guard of all taps goes with those of the last cloud. */
  async remove(): Promise<void> {
    this.#applied = undefined;
    const own = Object.values(this.#own);
    const { stdout } = await this.#shell.run('nft', ['list', 'tables']);
    const others = stdout
      .split('\n')
      .filter((line) => line.startsWith(`table bridge ${PORTS}`) && !own.includes(line.replace('table ', '')));
    const leaving = [...own, ...EARLIER_TABLES, ...(others.length > 0 ? [] : [GUARD])];
    await this.#shell.run('nft', ['-f', '-'], { input: leaving.map(removal).join('') });
  }

  /** Sorted, so that the order of the input does not matter. */
  #ruleset(networks: readonly HostNetwork[], ports: readonly HostPort[]): string {
    const [someNetworks, somePorts] = [networks.toSorted(byId), ports.toSorted(byId)];
    const marks = portMarks(somePorts.map((port) => port.id));
    const { metadataPort } = this.#cloud;
    return [
      ...EARLIER_TABLES.map(removal),
      replacement(GUARD, guardTable),
      replacement(this.#own.ports, bridgeTable(somePorts, marks)),
      replacement(this.#own.guests, guestTable(someNetworks, somePorts, { marks, metadataPort })),
    ].join('');
  }

  async #put(ruleset: string): Promise<void> {
    // If this fails the rules in force are unknown, so the next call loads them again.
    this.#applied = undefined;
    await this.#shell.run('nft', ['-f', '-'], { input: ruleset });
    this.#applied = { ruleset };
  }

  /** A fingerprint of the tables as the kernel shows them, without counters; a missing table shows nothing. */
  async #show(): Promise<string> {
    const shown = await Promise.all([GUARD, ...Object.values(this.#own)].map((table) => this.#showTable(table)));
    // The kernel may show the members of a set in another order each time: compare words, not lines.
    const words = shown
      .join('')
      .split(/[\s,]+/)
      .sort();
    return createHash('sha256').update(words.join(' ')).digest('hex');
  }

  /** One command per table: of several listed at once nft 1.0 shows only the last. */
  #showTable(table: string): Promise<string> {
    return this.#shell.run('nft', ['--stateless', 'list', 'table', ...table.split(' ')]).then(
      ({ stdout }) => stdout,
      (error: unknown) => {
        if (CommandFailed.is(error)) return '';
        throw error;
      },
    );
  }
}

/** Declared first: deleting a missing table would be an error. */
const removal = (table: string): string => `table ${table} {}\ndelete table ${table}\n`;

const replacement = (table: string, body: string): string => `${removal(table)}table ${table} {${body}}\n`;

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);
