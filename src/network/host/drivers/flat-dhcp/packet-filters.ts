/** Keeps our two tables in the kernel equal to what the ports need: replaced whole, in one transaction, only when something differs. */
import { createHash } from 'node:crypto';
import type { HostNetwork, HostPort } from '../../driver.ts';
import { CommandFailed, type HostShell } from '../../shell/host-shell.ts';
import { BRIDGE_TABLE, bridgeTable } from './anti-spoofing.ts';
import { GUEST_TABLE, guestTable } from './guest-filter.ts';
import { portMarks } from './port-marks.ts';

const TABLES = [`bridge ${BRIDGE_TABLE}`, `inet ${GUEST_TABLE}`] as const;

export class PacketFilters {
  readonly #shell: HostShell;
  /** The ruleset that was last loaded, and what the kernel showed right after, if it was read. */
  #applied: { ruleset: string; shown?: string } | undefined;

  constructor(shell: HostShell) {
    this.#shell = shell;
  }

  /** Loads the rules unless they were loaded last; does not read the kernel. For use between two calls of `converge`. */
  async apply(networks: readonly HostNetwork[], ports: readonly HostPort[]): Promise<void> {
    const ruleset = fullRuleset(networks, ports);
    if (this.#applied?.ruleset !== ruleset) await this.#put(ruleset);
  }

  /** Makes sure that the kernel has the rules; true when it did not. */
  async converge(networks: readonly HostNetwork[], ports: readonly HostPort[]): Promise<boolean> {
    const ruleset = fullRuleset(networks, ports);
    const before = await this.#show();
    if (this.#applied?.ruleset === ruleset && this.#applied.shown === before) return false;
    await this.#put(ruleset);
    const shown = await this.#show();
    this.#applied = { ruleset, shown };
    return shown !== before;
  }

  /** Removes our tables. */
  async remove(): Promise<void> {
    this.#applied = undefined;
    // Declared first: deleting a missing table would be an error.
    await this.#shell.run('nft', ['-f', '-'], { input: TABLES.map((table) => `table ${table} {}\ndelete table ${table}\n`).join('') });
  }

  async #put(ruleset: string): Promise<void> {
    // If this fails the rules in force are unknown, so the next call loads them again.
    this.#applied = undefined;
    await this.#shell.run('nft', ['-f', '-'], { input: ruleset });
    this.#applied = { ruleset };
  }

  /** A fingerprint of the tables as the kernel shows them, without counters; a missing table shows nothing. */
  async #show(): Promise<string> {
    const shown = await Promise.all(TABLES.map((table) => this.#showTable(table)));
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

/** Sorted, so that the order of the input does not matter. */
function fullRuleset(networks: readonly HostNetwork[], ports: readonly HostPort[]): string {
  const [someNetworks, somePorts] = [networks.toSorted(byId), ports.toSorted(byId)];
  const marks = portMarks(somePorts.map((port) => port.id));
  const bodies = [bridgeTable(somePorts, marks), guestTable(someNetworks, somePorts, marks)];
  return TABLES.map((table, at) => `table ${table} {}\ndelete table ${table}\ntable ${table} {${bodies[at]}}\n`).join('');
}

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);
