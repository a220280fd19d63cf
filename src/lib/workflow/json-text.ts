/** Escapes that JSON allows and PostgreSQL's jsonb refuses: NUL and lone surrogates. */
const refused = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g;

/** A value as JSON that jsonb accepts; undefined for what JSON cannot express. Throws on cycles and bigints. */
export const jsonText = (value: unknown): string | undefined =>
  (JSON.stringify(value) as string | undefined)?.replaceAll(refused, '$1\\ufffd');

/** The value as the database would return it. */
export function throughJson(value: unknown): unknown {
  const text = jsonText(value);
  return text === undefined ? undefined : JSON.parse(text);
}
