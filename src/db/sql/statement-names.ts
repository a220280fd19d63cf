/** Maximum number of named statements of a process. For each, the server keeps some 30 KiB in each connection that uses it. */
const MAX_NAMES = 400;
/** A statement with more holds a list, and each length of the list would be another statement. */
const MAX_PARAMETERS = 30;
/** `feature_not_supported`: raised, among other cases, when the columns of a planned `select *` have changed (PostgreSQL, RevalidateCachedQuery). */
export const PLAN_IS_STALE = '0A000';

/** Names for prepared statements: a named one is parsed and planned once per connection instead of at every call, most of a small query's cost. */
export class StatementNames {
  readonly #names = new Map<string, string>();
  #generation = 0;

  /** The name of a statement; undefined when it is better sent unnamed. */
  of(text: string, parameters: number): string | undefined {
    if (parameters === 0 || parameters > MAX_PARAMETERS) return undefined;
    const known = this.#names.get(text);
    if (known !== undefined || this.#names.size >= MAX_NAMES) return known;
    const name = `g${this.#generation}s${this.#names.size}`;
    this.#names.set(text, name);
    return name;
  }

  /** Gives all statements new names, so that every connection plans them again. */
  renew(): void {
    this.#names.clear();
    this.#generation += 1;
  }
}
