/** A row of a text screen as a rectangle of RFB. The first row, with the guest's name, has its colours exchanged. */
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

/** Header and raw pixels. */
export function drawRow({ row, text, format }: DrawnRow): Buffer {
  const [ink, paper] = [pixelOf(format, INK), pixelOf(format, PAPER)];
  const [set, unset] = row === 0 ? [paper, ink] : [ink, paper];
  const header = Buffer.alloc(12);
  header.writeUInt16BE(heightOf(row), 2);
  header.writeUInt16BE(WIDTH, 4);
  header.writeUInt16BE(CELL.height, 6);
  const lines = Array.from({ length: CELL.height }, (_, y) => {
    const dotRow = Math.floor(y / DOT_HEIGHT);
    const dots = Array.from({ length: WIDTH }, (_dot, x) =>
      isDotSet(text[Math.floor(x / CELL.width)] ?? ' ', x % CELL.width, dotRow) ? set : unset,
    );
    return Buffer.concat(dots);
  });
  return Buffer.concat([header, ...lines]);
}
