import { didYouMean } from '../text/nearest.ts';

/** How the text of one option becomes a value, and a value becomes text again. */
export interface ValueType<T> {
  /** As a sample configuration names it: "integer", "one of a, b". */
  readonly name: string;
  /** A repeated key adds a value instead of replacing it. */
  readonly repeats?: boolean;
  parse(text: string): Parsed<T>;
  format(value: T): string;
}

/** A value, or why the text is refused, as the end of a sentence "the value ... ". */
export type Parsed<T> = { readonly ok: T } | { readonly refused: string };

/** Separates the values of a repeated key on their way to `parse`; cannot occur in a line of a file. */
export const REPEAT_SEPARATOR = '\u0000';

/** Any text. */
export const text = (): ValueType<string> => ({ name: 'string', parse: (value) => ({ ok: value }), format: (value) => value });

/** Text that matches a pattern; `name` says what that is: "host name". */
export const matching = (pattern: RegExp, name: string): ValueType<string> => ({
  name,
  parse: (value) => (pattern.test(value) ? { ok: value } : { refused: `is not a ${name}` }),
  format: (value) => value,
});

/** Text that `refuse` accepts; it returns why not, as the end of a sentence "the value ...". `name` says what it is: "PostgreSQL URL". */
export const checked = (name: string, refuse: (value: string) => string | undefined): ValueType<string> => ({
  name,
  parse: (value) => {
    const refused = refuse(value);
    return refused === undefined ? { ok: value } : { refused };
  },
  format: (value) => value,
});

/** A whole number within bounds, both included. */
export const integer = (bounds: Bounds = {}): ValueType<number> => ({
  name: `integer${boundsName(bounds)}`,
  parse: (value) => (/^[+-]?\d{1,15}$/.test(value) ? within(Number(value), bounds) : { refused: 'is not a whole number' }),
  format: String,
});

/** A number within bounds, both included. */
export const float = (bounds: Bounds = {}): ValueType<number> => ({
  name: `number${boundsName(bounds)}`,
  parse: (value) =>
    /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(value) ? within(Number(value), bounds) : { refused: 'is not a number' },
  format: String,
});

/** True or false, in all spellings that oslo.config accepts. */
export const boolean = (): ValueType<boolean> => ({
  name: 'boolean',
  parse: (value) => {
    const word = value.toLowerCase();
    if (['true', '1', 'on', 'yes'].includes(word)) return { ok: true };
    return ['false', '0', 'off', 'no'].includes(word) ? { ok: false } : { refused: 'is neither true nor false' };
  },
  format: String,
});

/** One of a few words. */
export const oneOf = <const T extends string>(choices: readonly T[]): ValueType<T> => ({
  name: `one of ${choices.join(', ')}`,
  parse: (value) => {
    const chosen = choices.find((choice) => choice === value);
    return chosen === undefined ? { refused: `is not one of ${choices.join(', ')}${didYouMean(value, choices)}` } : { ok: chosen };
  },
  format: (value) => value,
});

/** Values separated by commas; blanks around them are trimmed. */
export const list = <T>(item: ValueType<T>): ValueType<readonly T[]> => ({
  name: `list of ${item.name}`,
  parse: (value) => parseAll(item, value.split(',')),
  format: (values) => values.map((value) => item.format(value)).join(','),
});

/** One value for each occurrence of the key. */
export const multi = <T>(item: ValueType<T>): ValueType<readonly T[]> => ({
  name: `${item.name}, repeatable`,
  repeats: true,
  parse: (value) => parseAll(item, value.split(REPEAT_SEPARATOR)),
  format: (values) => values.map((value) => item.format(value)).join(REPEAT_SEPARATOR),
});

/** JSON of a shape that `refuse` accepts; it returns why not, as the end of a sentence "the value ...". */
export const json = (refuse: (value: unknown) => string | undefined = () => undefined): ValueType<unknown> => ({
  name: 'JSON',
  parse: (value) => {
    let parsed: unknown;
    try {
      parsed = JSON.parse(value);
    } catch {
      return { refused: 'is not JSON' };
    }
    const refused = refuse(parsed);
    return refused === undefined ? { ok: parsed } : { refused };
  },
  format: (value) => JSON.stringify(value),
});

interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

function boundsName({ min, max }: Bounds): string {
  if (min === undefined) return max === undefined ? '' : ` up to ${max}`;
  return max === undefined ? ` from ${min}` : ` from ${min} to ${max}`;
}

function within(value: number, { min = -Infinity, max = Infinity }: Bounds): Parsed<number> {
  if (value < min) return { refused: `is below ${min}` };
  return value > max ? { refused: `is above ${max}` } : { ok: value };
}

function parseAll<T>(item: ValueType<T>, texts: readonly string[]): Parsed<readonly T[]> {
  const values: T[] = [];
  for (const one of texts.map((each) => each.trim()).filter((each) => each !== '')) {
    const parsed = item.parse(one);
    if ('refused' in parsed) return { refused: `has an item "${one}" that ${parsed.refused}` };
    values.push(parsed.ok);
  }
  return { ok: values };
}
