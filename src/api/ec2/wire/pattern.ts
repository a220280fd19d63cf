/** Any text, one character, or a character itself. */
type Piece = { readonly any: true } | { readonly one: true } | { readonly is: string };

/** A test of texts: `*` stands for any text, `?` for any character, and a backslash for the next one itself. */
export function patternOf(value: string): (text: string) => boolean {
  const pieces = (value.match(/\\?[^]/gu) ?? []).map((part): Piece => {
    if (part === '*') return { any: true };
    return part === '?' ? { one: true } : { is: part.length > 1 && part.startsWith('\\') ? part.slice(1) : part };
  });
  return (text) => isMatch(pieces, [...text]);
}

/** Goes back to the last `*` only, so that no pattern takes more than the product of both lengths. */
function isMatch(pieces: readonly Piece[], text: readonly string[]): boolean {
  let [at, piece] = [0, 0];
  let last: { piece: number; at: number } | undefined;
  while (at < text.length) {
    const now = pieces[piece];
    if (now && 'any' in now) {
      last = { piece, at };
      piece += 1;
    } else if (now && ('one' in now || now.is === text[at])) {
      at += 1;
      piece += 1;
    } else if (last) {
      last = { ...last, at: last.at + 1 };
      [at, piece] = [last.at, last.piece + 1];
    } else return false;
  }
  return pieces.slice(piece).every((rest) => 'any' in rest);
}
