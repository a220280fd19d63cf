/** Converts values in request bodies as Neutron does: a number may come as text, a boolean in any common spelling. */
import type { Static, TArray, TSchema } from '@sinclair/typebox';
import type { RequestBody } from '../../../lib/versioning/request-body.ts';
import { nullable } from '../../../lib/versioning/schema.ts';
import { type Shape, upgraded } from '../../../lib/versioning/shape.ts';
import { isNo, isYes } from '../../../operations/wire/words.ts';

/** The body, which converts what it gets to the types of its schema before the check. What cannot be converted is left to the check. */
export const converted = <H>(body: RequestBody<H>): RequestBody<H> => ({
  ...body,
  parse: (raw, at, options) => body.parse(convert(body.schemaAt(at), raw), at, options),
});

/** A list; null is an empty one. */
export const orNone = <T extends TSchema>(list: TArray<T>): Shape<readonly Static<T>[]> => upgraded(nullable(list), (value) => value ?? []);

function convert(schema: TSchema, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => convert(partOf(schema, 'items'), one));
  if (typeof value === 'object' && value !== null) {
    const parts = partOf(schema, 'properties');
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, convert(partOf(parts, key), one)]));
  }
  return convertPlain(typesOf(schema), value);
}

/** A schema in a schema; one without rules where there is none. */
function partOf(schema: TSchema, key: string): TSchema {
  const part: unknown = Object.hasOwn(schema, key) ? schema[key] : undefined;
  // Seam: what a schema names under `items`, `properties` and their keys is a schema or a map of them.
  return (typeof part === 'object' && part !== null ? part : {}) as TSchema;
}

/** The types that a schema allows, in all of its alternatives. */
function typesOf({ type, anyOf }: TSchema): readonly unknown[] {
  return Array.isArray(anyOf) ? anyOf.flatMap(typesOf) : [type].flat();
}

function convertPlain(types: readonly unknown[], value: unknown): unknown {
  if (types.includes(typeof value)) return value;
  if (types.includes('integer')) return integerOf(value) ?? value;
  if (!types.includes('boolean')) return value;
  return isYes(value) ? true : isNo(value) ? false : value;
}

/** As Python's int(): blanks around a number are fine, and what is behind the point is dropped. */
function integerOf(value: unknown): number | undefined {
  if (typeof value === 'boolean') return Number(value);
  const isNumber = typeof value === 'number' || (typeof value === 'string' && /^\s*[+-]?\d{1,15}\s*$/.test(value));
  return isNumber ? Math.trunc(Number(value)) : undefined;
}
