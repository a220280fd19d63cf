/** What the keys of a viewer type: the key symbols of X as text for a terminal. */

const named: Readonly<Record<number, string>> = { 0xff0d: '\r', 0xff8d: '\r', 0xff08: '\x7f', 0xff09: '\t', 0xff1b: '\x1b' };

/** Nothing for keys that type nothing; those beyond Latin-1 have their code points. */
export function keyText(keysym: number, isControlDown: boolean): string {
  const text = named[keysym] ?? (keysym < 0x100 ? String.fromCharCode(keysym) : unicode(keysym));
  const isLetter = /^[a-z@[\\\]^_]$/i.test(text);
  return isControlDown && isLetter ? String.fromCharCode(text.toUpperCase().charCodeAt(0) & 0x1f) : text;
}

const UNICODE = 0x0100_0000;
const LAST_CODE_POINT = 0x10_ffff;

const unicode = (keysym: number): string =>
  keysym > UNICODE && keysym <= UNICODE + LAST_CODE_POINT ? String.fromCodePoint(keysym - UNICODE) : '';
