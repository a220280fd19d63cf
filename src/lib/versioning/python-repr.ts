// Values as Python writes them: Nova's error texts quote input this way, and clients compare the texts.

/** How much of a value an error quotes, in characters. */
const MAX_LENGTH = 2_000;
/** The maximum depth of a quoted value. */
const MAX_DEPTH = 20;

/** Keys whose values are never echoed, whatever was wrong with the body. */
const SECRET_KEY = /^(adminpass|password|original_password|secret|private_key|token|auth_token|sslkey)$/i;

/** Whether the value under this key must not be echoed. */
export const isSecretKey = (key: string): boolean => SECRET_KEY.test(key);

/** The value as Python's `repr` writes it, bounded, secrets masked. */
export const pythonRepr = (value: unknown): string => bounded(repr(value, 0));

/** The value as Python's `str` writes it: like `repr`, but a string is written unquoted. */
export const pythonStr = (value: unknown): string => (typeof value === 'string' ? bounded(value) : pythonRepr(value));

const bounded = (text: string): string => (text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}...` : text);

function repr(value: unknown, depth: number): string {
  if (depth > MAX_DEPTH) return '...';
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return number(value);
  if (Array.isArray(value)) return `[${value.map((item) => repr(item, depth + 1)).join(', ')}]`;
  if (typeof value === 'object')
    return `{${Object.entries(value)
      .map((entry) => pair(entry, depth))
      .join(', ')}}`;
  return quote(String(value));
}

const pair = ([key, value]: readonly [string, unknown], depth: number): string =>
  `${quote(key)}: ${isSecretKey(key) && typeof value === 'string' ? "'***'" : repr(value, depth + 1)}`;

const number = (value: number): string => String(value).replace(/e([+-])(\d)$/, 'e$10$2');

function quote(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  let out = '';
  for (const char of text) out += char === mark || char === '\\' ? `\\${char}` : escape(char);
  return `${mark}${out}${mark}`;
}

/** Control, format, separator, surrogate, private and unassigned characters, except the plain space. */
const UNPRINTABLE = /[\p{C}\p{Z}]/u;
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escape(char: string): string {
  if (char === ' ' || !UNPRINTABLE.test(char)) return char;
  const short = SHORT[char];
  if (short !== undefined) return short;
  const code = char.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
