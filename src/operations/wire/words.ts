/** Names, and yes and no, as the OpenStack API takes them. */
import { Type as t } from '@sinclair/typebox';

/** What the API takes for a name: 1 to 255 printable characters that do not begin or end with a blank. */
export const name = t.String({ minLength: 1, maxLength: 255, format: 'name' });

/** Yes or no as clients say it, in any of the forms that have always been taken. */
const yes = ['1', 't', 'true', 'on', 'y', 'yes'];
const no = ['0', 'f', 'false', 'off', 'n', 'no'];

export const isYes = (value: unknown): boolean => value === true || yes.includes(wordOf(value));
export const isNo = (value: unknown): boolean => value === false || no.includes(wordOf(value));

/** Only texts and numbers are words: of an object that says how it is to be written, nothing is asked. */
const wordOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value).trim().toLowerCase() : '';

const anyCase = (word: string): string[] => [...new Set([word, word.toUpperCase(), `${word.charAt(0).toUpperCase()}${word.slice(1)}`])];

/** The schema of such a value. */
export const boolish = t.Unsafe<boolean | string | number>({
  type: ['boolean', 'string', 'integer'],
  enum: [true, false, 1, 0, ...[...yes, ...no].flatMap(anyCase)],
});
