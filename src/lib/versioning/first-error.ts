// Picks the one error to report: the first in the order in which the published schemas are written (type, value, keys, required, unknown keys).
import type { TSchema } from '@sinclair/typebox';
import type { ErrorObject } from 'ajv';

/** Keywords in the order of reporting; those not listed come last. */
const ORDER = [
  'type',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minimum',
  'maximum',
  'pattern',
  'enum',
  'const',
  'format',
  'anyOf',
  'oneOf',
  'allOf',
  'items',
  'uniqueItems',
  'properties',
  'patternProperties',
  'required',
  'additionalProperties',
];

/** Matches errors inside a choice. They explain why one alternative failed; only the error of the choice itself is reported. */
const INSIDE_A_CHOICE = /\/(anyOf|oneOf|not|if|contains)\//;

/** The error to report, if there is any. */
export function firstError(schema: TSchema, errors: readonly ErrorObject[]): ErrorObject | undefined {
  const own = errors.filter((error) => !INSIDE_A_CHOICE.test(error.schemaPath));
  const ranked = (own.length > 0 ? own : errors).map((error) => ({ error, rank: rankOf(schema, error) }));
  return ranked.toSorted((a, b) => compare(a.rank, b.rank))[0]?.error;
}

/** The steps of a JSON pointer. */
export const tokensOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));

/** The rank of an error when schema and value are read top to bottom. */
function rankOf(schema: TSchema, error: ErrorObject): number[] {
  const instance = tokensOf(error.instancePath);
  const steps = tokensOf(error.schemaPath).map(decodeURIComponent);
  const rank: number[] = [];
  let node: unknown = schema;
  for (let at = 0; at < steps.length; at += 1) {
    const keyword = steps[at] ?? '';
    rank.push(ORDER.includes(keyword) ? ORDER.indexOf(keyword) : ORDER.length);
    node = child(node, keyword);
    if (at + 1 === steps.length) break;
    if (keyword === 'items') rank.push(Number(instance.shift() ?? 0));
    if (keyword === 'properties' || keyword === 'patternProperties') {
      const key = steps[++at] ?? '';
      rank.push(Object.keys(Object(node)).indexOf(key));
      node = child(node, key);
      instance.shift();
    }
  }
  return rank;
}

const child = (node: unknown, key: string): unknown => (typeof node === 'object' && node !== null ? Reflect.get(node, key) : undefined);

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? -1);
}
