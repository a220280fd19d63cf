/** The parameters of a request, as actions read them. */
import type { Context } from '../../../lib/context/context.ts';
import { InvalidParameterValue, MissingParameter } from '../errors.ts';

/** A condition on what is described: one of its values must match. */
export interface Filter {
  readonly name: string;
  readonly values: readonly string[];
}

/** More values than any client sends. */
const MAX_VALUES = 1_000;

export class Ec2Asked {
  readonly ctx: Context;
  readonly #params: Readonly<Record<string, string>>;

  constructor(ctx: Context, params: Readonly<Record<string, string>>) {
    this.ctx = ctx;
    this.#params = params;
  }

  text(name: string): string | undefined {
    return Object.hasOwn(this.#params, name) ? this.#params[name] : undefined;
  }

  required(name: string): string {
    const value = this.text(name);
    if (value === undefined || value === '') throw MissingParameter({ name });
    return value;
  }

  flag(name: string): boolean {
    const value = this.text(name)?.toLowerCase() ?? 'false';
    if (value !== 'true' && value !== 'false')
      throw InvalidParameterValue({ problem: `Value (${value}) for parameter ${name} is invalid.` });
    return value === 'true';
  }

  count(name: string, { least, most }: { readonly least: number; readonly most: number }): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) throw InvalidParameterValue({ problem: `Value (${text}) for parameter ${name} is invalid.` });
    return value;
  }

  /** `Name.1`, `Name.2`, ... in the order of the numbers. */
  list(name: string): readonly string[] {
    return this.numbersOf(name).flatMap((number) => this.text(`${name}.${number}`) ?? []);
  }

  /** At least one of them. */
  someOf(name: string): readonly string[] {
    const values = this.list(name);
    if (values.length === 0) throw MissingParameter({ name });
    return values;
  }

  /** The numbers that follow a name: of `Tag.1.Key` and `Tag.2.Key` 1 and 2. */
  numbersOf(name: string): readonly number[] {
    const found = new Set(
      Object.keys(this.#params).flatMap((param) => {
        const number = param.startsWith(`${name}.`) ? /^\d{1,6}(?=\.|$)/.exec(param.slice(name.length + 1))?.[0] : undefined;
        return number === undefined ? [] : [Number(number)];
      }),
    );
    if (found.size > MAX_VALUES) throw InvalidParameterValue({ problem: `There are more than ${MAX_VALUES} values of ${name}.` });
    return [...found].toSorted((a, b) => a - b);
  }

  /** Whether any parameter has this name, or one that begins so. */
  has(name: string): boolean {
    return Object.keys(this.#params).some((param) => param === name || param.startsWith(`${name}.`));
  }

  get filters(): readonly Filter[] {
    return this.numbersOf('Filter').map((number) => ({
      name: this.required(`Filter.${number}.Name`),
      values: this.someOf(`Filter.${number}.Value`),
    }));
  }
}
