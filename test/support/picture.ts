/** Pictures as the tests of screens read them: whether a pixel is light, and the text of a simulated machine in them. */
import { isDotSet } from '../../src/virt/fake/machine/font.ts';

export interface Picture {
  readonly width: number;
  readonly height: number;
  isLight(x: number, y: number): boolean;
}

const CELL = { width: 8, height: 16 };
const LIGHT = 0x80;

/** Whether a text is drawn somewhere, in light letters of the simulated machine. */
export function isDrawnIn({ width, height, isLight }: Picture, text: string): boolean {
  const isAt = (left: number, top: number) =>
    [...text].every((char, n) =>
      [0, 1, 2, 3, 4].every((x) =>
        [0, 1, 2, 3, 4, 5, 6].every((y) => isLight(left + n * CELL.width + x, top + y * 2) === isDotSet(char, x, y)),
      ),
    );
  for (let top = 0; top + CELL.height <= height; top += 1)
    for (let left = 0; left + text.length * CELL.width <= width; left += 1) if (isAt(left, top)) return true;
  return false;
}

export function lightPixelsIn({ width, height, isLight }: Picture): number {
  let light = 0;
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) if (isLight(x, y)) light += 1;
  return light;
}

/** Reads a PPM file with three bytes a pixel. */
export function readPpm(file: Buffer): Picture {
  const [head = '', size = ''] = /^P6\s+(\d+\s+\d+)\s+255\s/.exec(file.toString('latin1', 0, 64)) ?? [];
  const [width = 0, height = 0] = size.split(/\s+/).map(Number);
  return { width, height, isLight: (x, y) => (file[head.length + (y * width + x) * 3] ?? 0) > LIGHT };
}

/** Reads an XWD file with 32 bits a pixel, as Xvfb keeps its screen. */
export function readXwd(file: Buffer): Picture {
  const word = (index: number) => file.readUInt32BE(index * 4);
  const [start, width, height, line] = [word(0) + word(19) * 12, word(4), word(5), word(12)];
  return { width, height, isLight: (x, y) => (file[start + y * line + x * 4 + 2] ?? 0) > LIGHT };
}
