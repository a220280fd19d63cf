// How the legacy API reads bodies: it accepts unknown keys, blanks around names, and null in a few places.
import type { TSchema } from '@sinclair/typebox';
import { memoize } from '../memo/memoize.ts';

/** The keyword of a schema that takes null in the legacy API only. */
const NULL_IN_LEGACY = 'x-null-in-legacy';

/** The format of names with blanks around them. */
const WITH_BLANKS = 'name-with-blanks';

/** A schema that also takes null in the legacy API. */
export const nullInLegacy = <T extends TSchema>(schema: T): T => ({ ...schema, [NULL_IN_LEGACY]: true });

/** The schema relaxed for the legacy API. Maps (keys by pattern) stay strict: their keys are data. */
// Seam: a copy of a schema is a schema.
export const tolerantOf = memoize((schema: TSchema) => loosen(schema) as TSchema);

function loosen(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(loosen);
  if (!isObject(node)) return node;
  const entries = Object.entries(node).filter(
    ([key, value]) => key !== NULL_IN_LEGACY && (key !== 'additionalProperties' || value !== false || 'patternProperties' in node),
  );
  const loose = Object.fromEntries(
    entries.map(([key, value]) => [key, key === 'format' && value === 'name' ? WITH_BLANKS : loosen(value)]),
  );
  return node[NULL_IN_LEGACY] === true ? { anyOf: [loose, { type: 'null' }] } : loose;
}

/** The value without the blanks around its names; it fits the relaxed schema. */
export function withoutBlanks(schema: unknown, value: unknown): unknown {
  if (!isObject(schema)) return value;
  if (typeof value === 'string') return takesBlanks(schema) ? value.trim() : value;
  if (Array.isArray(value)) return value.map((item) => withoutBlanks(schema['items'], item));
  const properties = schema['properties'];
  if (!isObject(value) || !isObject(properties)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withoutBlanks(own(properties, key), member)]));
}

const takesBlanks = ({ format, anyOf }: Readonly<Record<string, unknown>>): boolean =>
  format === WITH_BLANKS || (Array.isArray(anyOf) && anyOf.some((one) => isObject(one) && takesBlanks(one)));

const own = (object: Readonly<Record<string, unknown>>, key: string): unknown => (Object.hasOwn(object, key) ? object[key] : undefined);

const isObject = (node: unknown): node is Readonly<Record<string, unknown>> =>
  typeof node === 'object' && node !== null && !Array.isArray(node);
