/** The snapshot of a row as events carry it, made by the statement that changes the row. */
import type { TObject, TProperties } from '@sinclair/typebox';
import { type RawBuilder, sql } from 'kysely';

/**
 * A JSON object with the fields of the schema: each from the column of its name (`vmState` from `vm_state`), unless `made` says how. What the
 * schema does not name stays in the row.
 */
export function rowSnapshot<Fields extends TProperties>(
  { properties }: TObject<Fields>,
  alias: string,
  made?: Readonly<Partial<Record<keyof Fields & string, RawBuilder<unknown>>>>,
): RawBuilder<string> {
  const fields = Object.keys(properties).map((field) => sql`${sql.lit(field)}, ${made?.[field] ?? sql.ref(`${alias}.${columnOf(field)}`)}`);
  return sql<string>`jsonb_build_object(${sql.join(fields)})`;
}

/** `accessIpV4` is kept in `access_ip_v4`. */
const columnOf = (field: string): string => field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
