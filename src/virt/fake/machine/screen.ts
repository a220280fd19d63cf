/** The text screen of a simulated guest: what a terminal shows, below a line with the name of the guest. */

/** Characters of a row. */
export const COLUMNS = 80;
const ROWS = 25;

/** Text in rows and columns, with the rows that changed. */
export class Screen {
  readonly #rows: string[];
  #column = 0;
  #version = 1;
  readonly #changed: number[];

  constructor(title: string) {
    this.#rows = [title.padEnd(COLUMNS).slice(0, COLUMNS), ...Array.from({ length: ROWS - 1 }, () => '')];
    this.#changed = this.#rows.map(() => this.#version);
  }

  /** Counts the changes. */
  get version(): number {
    return this.#version;
  }

  get rows(): readonly string[] {
    return this.#rows;
  }

  /** The rows that changed after a version. */
  changedSince(version: number): readonly number[] {
    return this.#changed.flatMap((at, row) => (at > version ? [row] : []));
  }

  write(text: string): void {
    this.#version += 1;
    for (const char of text) this.#put(char);
    this.#touch(ROWS - 1);
  }

  /** Text comes in at the bottom, like on a printer: nothing here moves the cursor elsewhere. */
  #put(char: string): void {
    const last = this.#rows[ROWS - 1] ?? '';
    if (char === '\n') this.#scroll();
    else if (char === '\r') this.#column = 0;
    else if (char === '\b') this.#column = Math.max(0, this.#column - 1);
    else {
      if (this.#column >= COLUMNS) {
        this.#scroll();
        this.#column = 0;
        return this.#put(char);
      }
      this.#rows[ROWS - 1] = last.slice(0, this.#column).padEnd(this.#column) + char + last.slice(this.#column + 1);
      this.#column += 1;
    }
  }

  #scroll(): void {
    this.#rows.splice(1, 1);
    this.#rows.push('');
    for (let row = 1; row < ROWS; row += 1) this.#touch(row);
  }

  #touch(row: number): void {
    this.#changed[row] = this.#version;
  }
}
