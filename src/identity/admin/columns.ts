import type { Extra } from '../../objects/identity.ts';
import { FieldRefused } from '../errors.ts';

/** The fields that were given; those that are undefined are not changed or not asked for. */
export const given = <T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): Partial<T> =>
  // Seam: dropping what is undefined is exactly the difference between the two types.
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;

/** More than any client keeps, in bytes of JSON. */
const MAX_EXTRA_BYTES = 16_384;

/** What is kept once the changes are made, as the text of a column; a null takes a name away. */
export function extraText(before: Extra, changes: Extra): string {
  const kept = Object.entries({ ...before, ...changes }).filter(([, value]) => value !== null);
  const text = JSON.stringify(Object.fromEntries(kept));
  const [field = ''] = Object.keys(changes);
  if (Buffer.byteLength(text) > MAX_EXTRA_BYTES)
    throw FieldRefused({ field, problem: `what is kept beside the known fields takes more than ${MAX_EXTRA_BYTES} bytes.` });
  return text;
}
