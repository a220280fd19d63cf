/** A row of a text screen in pixels. The first row, with the guest's name, has its colours exchanged. */
import { isDotSet } from './font.ts';
import { type PixelFormat, pixelOf } from './pixel-format.ts';
import { COLUMNS } from './screen.ts';

const CELL = { width: 8, height: 16 } as const;
/** Dots of a letter are two rows high. */
const DOT_HEIGHT = 2;
const INK = [0xd0, 0xd0, 0xd0] as const;
const PAPER = [0x10, 0x20, 0x40] as const;

/** Of the screen, in pixels. */
export const WIDTH = COLUMNS * CELL.width;

/** Of so many rows, in pixels. */
export const heightOf = (rows: number): number => rows * CELL.height;

interface DrawnRow {
  readonly row: number;
  readonly text: string;
  readonly format: PixelFormat;
}

/** A row as a rectangle: where it is, and its pixels, line by line. */
export function drawRow({ row, text, format }: DrawnRow): { readonly top: number; readonly height: number; readonly pixels: Buffer } {
  const [ink, paper] = [pixelOf(format, INK), pixelOf(format, PAPER)];
  const [set, unset] = row === 0 ? [paper, ink] : [ink, paper];
  const lines = Array.from({ length: CELL.height }, (_, y) => {
    const dotRow = Math.floor(y / DOT_HEIGHT);
    const dots = Array.from({ length: WIDTH }, (_dot, x) =>
      isDotSet(text[Math.floor(x / CELL.width)] ?? ' ', x % CELL.width, dotRow) ? set : unset,
    );
    return Buffer.concat(dots);
  });
  return { top: heightOf(row), height: CELL.height, pixels: Buffer.concat(lines) };
}
