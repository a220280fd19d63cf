/** What the keys of a SPICE viewer type: scan codes of a US keyboard as text for a terminal. */

/** Each row of keys by its first scan code, without and with Shift. */
const rows: readonly (readonly [number, string, string])[] = [
  [0x02, '1234567890-=\x7f\t', '!@#$%^&*()_+\x7f\t'],
  [0x10, 'qwertyuiop[]\r', 'QWERTYUIOP{}\r'],
  [0x1e, "asdfghjkl;'`", 'ASDFGHJKL:"~'],
  [0x2b, '\\zxcvbnm,./', '|ZXCVBNM<>?'],
  [0x39, ' ', ' '],
  [0x01, '\x1b', '\x1b'],
];
const SHIFTS = [0x2a, 0x36];
const CONTROL = 0x1d;
const RELEASED = 0x80;

/** The keyboard of one viewer; it returns what a key types, and nothing for those that type nothing. */
export function keyboard(): (code: number) => string {
  const held = new Set<number>();
  return (pressed) => {
    const code = pressed & 0x7f;
    if ((pressed & RELEASED) !== 0) {
      held.delete(code);
      return '';
    }
    held.add(code);
    const row = rows.find(([first, plain]) => code >= first && code < first + plain.length);
    if (!row) return '';
    const [first, plain, shifted] = row;
    const char = (SHIFTS.some((shift) => held.has(shift)) ? shifted : plain)[code - first] ?? '';
    return held.has(CONTROL) && /^[a-z[\\\]]$/i.test(char) ? String.fromCharCode(char.toUpperCase().charCodeAt(0) & 0x1f) : char;
  };
}
