/** The snapshot of a row in an event, built by the statement that changes the row. */
import type { TObject, TProperties } from '@sinclair/typebox';
import { type RawBuilder, sql } from 'kysely';

/**
 * A JSON object with the schema's fields, each from the column of its name (`vmState` from `vm_state`) unless `made` has an SQL expression.
 * Columns that the schema does not name are left out. It is one raw text, because Kysely would walk a tree of thirty columns for each statement.
 */
export function rowSnapshot<Fields extends TProperties>(
  { properties }: TObject<Fields>,
  alias: string,
  made?: Readonly<Partial<Record<keyof Fields & string, string>>>,
): RawBuilder<string> {
  const fields = Object.keys(properties).map((field) => `'${field}', ${made?.[field] ?? `${alias}."${columnOf(field)}"`}`);
  return sql.raw<string>(`jsonb_build_object(${fields.join(', ')})`);
}

/** @example `accessIpV4` is stored in `access_ip_v4` */
const columnOf = (field: string): string => field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
