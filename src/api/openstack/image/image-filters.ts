/** Parses filter values; each error names its filter. */
import { type AttributeTest, type Comparison, type ValueFilter } from '../../../image/image.ts';
import { errorType } from '../../../lib/errors/error-type.ts';

/** The query of a list is invalid. */
export const ImageQueryInvalid = errorType('ImageQueryInvalid', 'invalid', (p: { problem: string }) => p.problem);

/** One of a fixed set of values. */
export function readOneOf<const T extends string>(name: string, text: string, words: readonly T[]): T {
  return words.find((each) => each === text) ?? refuse(`Invalid ${name} value: ${shown(text)}. It must be one of: ${words.join(', ')}.`);
}

export function readBoolean(name: string, text: string): boolean {
  const word = text.toLowerCase();
  if (word === 'true' || word === 'false') return word === 'true';
  return refuse(`Invalid value '${shown(text)}' for '${name}' filter. Valid values are case insensitive 'true' or 'false'.`);
}

/** Filters that accept several values. */
const SEVERAL: readonly ValueFilter[] = ['id', 'name', 'status', 'disk_format', 'container_format'];
const NUMBERS: readonly ValueFilter[] = ['size', 'min_disk', 'min_ram'];

/** The accepted values: one, or `in:a,b` with quotes around values that contain a comma. */
export function readValues(name: ValueFilter, text: string): readonly string[] {
  if (NUMBERS.includes(name)) return [String(readNumber(name, text))];
  if (!SEVERAL.includes(name) || !text.startsWith('in:')) return [text];
  const list = text.slice('in:'.length);
  if (!/^("[^"]*"|[^",]+)(,("[^"]*"|[^",]+))*$/.test(list))
    return refuse(
      `Invalid filter value for ${name}: after "in:" comes a list separated by commas, with double quotes around values that contain one.`,
    );
  return (list.match(/"[^"]*"|[^,"]+/g) ?? []).map((value) => value.replace(/^"(.*)"$/s, '$1'));
}

/** `size_min` and `size_max`, in bytes. */
export const readSize = (name: string, text: string, is: Comparison): AttributeTest => ({
  attribute: 'size',
  is,
  value: readNumber(name, text),
});

const TIME_TEST = /^(?:(eq|neq|lt|lte|gt|gte):)?(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:\d\d)?)?$/;

/** A time, with an optional comparison operator: `gte:2026-01-31T12:00:00Z`. Without a zone it is UTC. */
export function readTest(attribute: 'created_at' | 'updated_at', text: string): AttributeTest {
  const [, is = 'eq', date = '', clock = '00:00', zone = 'Z'] = TIME_TEST.exec(text) ?? [];
  const atMs = Date.parse(`${date}T${clock}${zone}`);
  if (Number.isNaN(atMs))
    return refuse(
      `Invalid value for ${attribute} filter: it takes a time such as 2026-01-31T12:00:00Z, after eq:, neq:, lt:, lte:, gt: or gte:.`,
    );
  // Seam: the expression names exactly the comparisons.
  return { attribute, is: is as Comparison, value: new Date(atMs) };
}

function readNumber(name: string, text: string): number {
  const value = Number(text);
  if (!/^\d{1,16}$/.test(text) || !Number.isSafeInteger(value)) return refuse(`Invalid value for ${name} filter: it takes a whole number.`);
  return value;
}

const shown = (text: string): string => text.slice(0, 255);

function refuse(problem: string): never {
  throw ImageQueryInvalid({ problem });
}
