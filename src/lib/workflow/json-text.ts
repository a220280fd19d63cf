/** Escapes that JSON may hold and PostgreSQL's jsonb may not: NUL, and halves of surrogate pairs. */
const refused = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g;

/** A value as JSON that jsonb takes; undefined for what JSON has no word for. Throws on cycles and bigints. */
export const jsonText = (value: unknown): string | undefined =>
  (JSON.stringify(value) as string | undefined)?.replaceAll(refused, '$1\\ufffd');

/** A value as it comes back from the database. */
export function throughJson(value: unknown): unknown {
  const text = jsonText(value);
  return text === undefined ? undefined : JSON.parse(text);
}
