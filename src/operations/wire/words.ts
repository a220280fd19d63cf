/** Names and booleans, as the OpenStack API accepts them. */
import { Type as t } from '@sinclair/typebox';

/** A name: 1 to 255 printable characters that do not start or end with a space. */
export const name = t.String({ minLength: 1, maxLength: 255, format: 'name' });

/** A boolean in any of the spellings that Nova accepts. */
const yes = ['1', 't', 'true', 'on', 'y', 'yes'];
const no = ['0', 'f', 'false', 'off', 'n', 'no'];

export const isYes = (value: unknown): boolean => value === true || yes.includes(wordOf(value));
export const isNo = (value: unknown): boolean => value === false || no.includes(wordOf(value));

/** Only strings and numbers count; an object's own toString is never called. */
const wordOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value).trim().toLowerCase() : '';

const anyCase = (word: string): string[] => [...new Set([word, word.toUpperCase(), `${word.charAt(0).toUpperCase()}${word.slice(1)}`])];

/** The schema of such a boolean. */
export const boolish = t.Unsafe<boolean | string | number>({
  type: ['boolean', 'string', 'integer'],
  enum: [true, false, 1, 0, ...[...yes, ...no].flatMap(anyCase)],
});
