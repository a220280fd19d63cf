/** Keeps some tables of the kernel's packet filter as wanted: loaded whole, in one transaction, only when something differs. */
import { createHash } from 'node:crypto';
import { CommandFailed, type HostShell } from '../../shell/host-shell.ts';

/** Tables that are loaded together, by their families and names. */
export class KernelRules {
  readonly #shell: HostShell;
  readonly #tables: readonly string[];
  /** The ruleset that was last loaded, and what the kernel showed right after, if it was read. */
  #applied: { ruleset: string; shown?: string } | undefined;

  constructor(shell: HostShell, tables: readonly string[]) {
    this.#shell = shell;
    this.#tables = tables;
  }

  /** Loads the rules unless they were loaded last; does not read the kernel. For use between two calls of `converge`. */
  async apply(ruleset: string): Promise<void> {
    if (this.#applied?.ruleset !== ruleset) await this.#put(ruleset);
  }

  /** Makes sure that the kernel has the rules; true when it did not. */
  async converge(ruleset: string): Promise<boolean> {
    const before = await this.#show();
    if (this.#applied?.ruleset === ruleset && this.#applied.shown === before) return false;
    await this.#put(ruleset);
    const shown = await this.#show();
    this.#applied = { ruleset, shown };
    return shown !== before;
  }

  /** The rules in force are unknown from now on: the next call loads them again. */
  forget(): void {
    this.#applied = undefined;
  }

  async #put(ruleset: string): Promise<void> {
    this.forget();
    await this.#shell.run('nft', ['-f', '-'], { input: ruleset });
    this.#applied = { ruleset };
  }

  /** A fingerprint of the tables as the kernel shows them, without counters; a missing table shows nothing. */
  async #show(): Promise<string> {
    const shown = await Promise.all(this.#tables.map((table) => this.#showTable(table)));
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

/** The text that removes a table. Declared first: deleting a missing table would be an error. */
export const removal = (table: string): string => `table ${table} {}\ndelete table ${table}\n`;

/** The text that replaces a table. */
export const replacement = (table: string, body: string): string => `${removal(table)}table ${table} {${body}}\n`;
