// Where the characters of a US keyboard are: the scan code of each, and whether it takes Shift.

/** Each row of keys by the scan code of its first one, without and with Shift. */
const rows = [
  [0x02, '1234567890-=', '!@#$%^&*()_+'],
  [0x10, 'qwertyuiop[]', 'QWERTYUIOP{}'],
  [0x1e, "asdfghjkl;'`", 'ASDFGHJKL:"~'],
  [0x2b, '\\zxcvbnm,./', '|ZXCVBNM<>?'],
  [0x39, ' ', ''],
  [0x0f, '\t', ''],
  [0x1c, '\n', ''],
  [0x0e, '\b', ''],
];

/** The key of a character; undefined for those that such a keyboard lacks. */
export function keyOf(char) {
  for (const [first, plain, shifted] of rows) {
    if (plain.includes(char)) return { code: first + plain.indexOf(char), shift: false };
    if (shifted.includes(char)) return { code: first + shifted.indexOf(char), shift: true };
  }
  return undefined;
}
