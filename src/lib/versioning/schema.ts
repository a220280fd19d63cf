// Schema forms that TypeBox spells differently from the published API schemas; the form matters because it determines the error texts.
import { Type as t, type Static, type TSchema, type TUnsafe } from '@sinclair/typebox';

/** The schema or null, as `type: [x, 'null']` where the schema has a plain type, else as a choice. */
export function nullable<T extends TSchema>(schema: T): TUnsafe<Static<T> | null> {
  const { type } = schema;
  if (typeof type !== 'string') return t.Unsafe<Static<T> | null>({ anyOf: [schema, { type: 'null' }] });
  const members: unknown = schema['enum'];
  return t.Unsafe<Static<T> | null>({ ...schema, type: [type, 'null'], ...(Array.isArray(members) ? { enum: [...members, null] } : {}) });
}

/** One of a few strings, as an `enum`. */
export const stringEnum = <const T extends readonly string[]>(members: T): TUnsafe<T[number]> =>
  t.Unsafe<T[number]>({ type: 'string', enum: [...members] });

/** Any of these schemas, as `anyOf`. */
export const anyOf = <T extends readonly TSchema[]>(...schemas: T): TUnsafe<Static<T[number]>> =>
  t.Unsafe<Static<T[number]>>({ anyOf: schemas });

/** An object without any other keys. */
export const strictObject = <T extends Record<string, TSchema>>(properties: T) => t.Object(properties, { additionalProperties: false });

/** Keys of this pattern, each with a value of this type, and no others. */
export const stringMap = <T extends TSchema>(
  pattern: string,
  value: T,
  options: { maxProperties?: number } = {},
): TUnsafe<Record<string, Static<T>>> =>
  t.Unsafe<Record<string, Static<T>>>({ type: 'object', patternProperties: { [pattern]: value }, additionalProperties: false, ...options });
