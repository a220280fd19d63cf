/** The part of the code that is changed in one run: pieces of some lines, chosen by a seed. */
import { chanceFor } from '../chaos/chance.ts';

/** A file and the number of its lines. */
export interface Measured {
  readonly path: string;
  readonly lines: number;
}

/** Long enough for most functions: a change that would begin or end outside of the piece is not made. */
const PIECE_LINES = 25;

/** Pieces as Stryker takes them, `path:first-last`, of at most so many lines together. The seed also says where the pieces of a file begin. */
export function samplePieces(
  files: readonly Measured[],
  { lines, seed }: { readonly lines: number; readonly seed: number },
): readonly string[] {
  const chance = chanceFor(seed, 'mutation');
  const pieces = files.flatMap(({ path, lines: length }) => piecesOf(path, length, chance.below(PIECE_LINES)));
  const order = pieces.map((piece) => ({ piece, at: chance.below(2 ** 31) })).toSorted((a, b) => a.at - b.at);
  return order.slice(0, Math.max(1, Math.floor(lines / PIECE_LINES))).map(({ piece }) => piece);
}

function piecesOf(path: string, length: number, shift: number): readonly string[] {
  const pieces: string[] = [];
  for (let from = 1 - shift; from <= length; from += PIECE_LINES) {
    const last = Math.min(length, from + PIECE_LINES - 1);
    if (last >= 1) pieces.push(`${path}:${Math.max(1, from)}-${last}`);
  }
  return pieces;
}
