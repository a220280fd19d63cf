/** Statements, for each process, that have a name. A server keeps some 30 KiB for each of them in each connection that uses it. */
const MAX_NAMES = 400;
/** A statement with more is a list of some length, of which every length would be another statement. */
const MAX_PARAMETERS = 30;
/** `feature_not_supported`: among others, that the columns of a planned `select *` have changed since (PostgreSQL, RevalidateCachedQuery). */
export const PLAN_IS_STALE = '0A000';

/** Names for statements: what has one is parsed and planned once per connection, not at every call, which is the larger part of a small query's cost. */
export class StatementNames {
  readonly #names = new Map<string, string>();
  #generation = 0;

  /** The name of a statement; undefined when it is better sent without one. */
  of(text: string, parameters: number): string | undefined {
    if (parameters === 0 || parameters > MAX_PARAMETERS) return undefined;
    const known = this.#names.get(text);
    if (known !== undefined || this.#names.size >= MAX_NAMES) return known;
    const name = `g${this.#generation}s${this.#names.size}`;
    this.#names.set(text, name);
    return name;
  }

  /** From now on all have other names, so that every connection plans them anew. */
  renew(): void {
    this.#names.clear();
    this.#generation += 1;
  }
}
