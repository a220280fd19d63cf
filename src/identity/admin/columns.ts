import type { Extra } from '../../objects/identity.ts';
import { FieldRefused } from '../errors.ts';

/** Drops undefined fields: they are not changed, or not filtered by. */
export const given = <T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): Partial<T> =>
  // Seam: dropping what is undefined is exactly the difference between the two types.
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;

/** More than any client keeps, in bytes of JSON. */
const MAX_EXTRA_BYTES = 16_384;

/** The extra fields after the changes, as the text of a column; null removes a field. */
export function extraText(before: Extra, changes: Extra): string {
  const kept = Object.entries({ ...before, ...changes }).filter(([, value]) => value !== null);
  const text = JSON.stringify(Object.fromEntries(kept));
  const [field = ''] = Object.keys(changes);
  if (Buffer.byteLength(text) > MAX_EXTRA_BYTES)
    throw FieldRefused({ field, problem: `the extra fields take more than ${MAX_EXTRA_BYTES} bytes.` });
  return text;
}
