/** The snapshot of a row as events carry it, made by the statement that changes the row. */
import type { TObject, TProperties } from '@sinclair/typebox';
import { type RawBuilder, sql } from 'kysely';

/**
 * A JSON object with the fields of the schema: each from the column of its name (`vmState` from `vm_state`), unless `made` says how, in SQL. What
 * the schema does not name stays in the row. It is one text: a tree of thirty columns would be walked for each statement.
 */
export function rowSnapshot<Fields extends TProperties>(
  { properties }: TObject<Fields>,
  alias: string,
  made?: Readonly<Partial<Record<keyof Fields & string, string>>>,
): RawBuilder<string> {
  const fields = Object.keys(properties).map((field) => `'${field}', ${made?.[field] ?? `${alias}."${columnOf(field)}"`}`);
  return sql.raw<string>(`jsonb_build_object(${fields.join(', ')})`);
}

/** `accessIpV4` is kept in `access_ip_v4`. */
const columnOf = (field: string): string => field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
