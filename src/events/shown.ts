import { type TSchema, TypeGuard } from '@sinclair/typebox';

/** The value reduced to the fields that its schema names. */
export function shown(schema: TSchema, value: unknown): unknown {
  if (value === null || value === undefined) return value;
  if (TypeGuard.IsUnion(schema)) return schema.anyOf.some(TypeGuard.IsNull) ? shownOr(schema.anyOf, value) : value;
  if (TypeGuard.IsArray(schema) && Array.isArray(value)) return value.map((one) => shown(schema.items, one));
  if (!TypeGuard.IsObject(schema) || typeof value !== 'object') return value;
  const fields = new Map<string, unknown>(Object.entries(value));
  return Object.fromEntries(Object.entries(schema.properties).map(([name, field]) => [name, shown(field, fields.get(name))]));
}

/** For a union with null: the value itself, reduced. */
const shownOr = (either: readonly TSchema[], value: unknown): unknown => {
  const [schema] = either.filter((one) => !TypeGuard.IsNull(one));
  return schema ? shown(schema, value) : value;
};
