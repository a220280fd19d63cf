/** How a viewer wants its pixels (RFB's PIXEL_FORMAT). */

export interface PixelFormat {
  readonly bytes: number;
  readonly isBigEndian: boolean;
  /** Of red, green and blue. */
  readonly max: readonly [number, number, number];
  readonly shift: readonly [number, number, number];
}

/** Four bytes: blue, green, red, nothing. */
export const nativeFormat: PixelFormat = { bytes: 4, isBigEndian: false, max: [255, 255, 255], shift: [16, 8, 0] };

const LENGTH = 16;

export function writePixelFormat({ bytes, isBigEndian, max, shift }: PixelFormat): Buffer {
  const written = Buffer.alloc(LENGTH);
  written[0] = bytes * 8;
  written[1] = 24;
  written[2] = isBigEndian ? 1 : 0;
  written[3] = 1;
  max.forEach((value, colour) => written.writeUInt16BE(value, 4 + colour * 2));
  shift.forEach((value, colour) => (written[10 + colour] = value));
  return written;
}

export function readPixelFormat(from: Buffer): PixelFormat {
  const [bits = 32, , endian, , , , , , , , red = 16, green = 8, blue = 0] = from;
  return {
    bytes: bits === 8 ? 1 : bits === 16 ? 2 : 4,
    isBigEndian: endian === 1,
    max: [from.readUInt16BE(4), from.readUInt16BE(6), from.readUInt16BE(8)],
    shift: [red & 31, green & 31, blue & 31],
  };
}

/** A colour (three numbers up to 255) as a pixel. */
export function pixelOf({ bytes, isBigEndian, max, shift }: PixelFormat, colour: readonly [number, number, number]): Buffer {
  const part = (index: 0 | 1 | 2): number => (Math.round((colour[index] * max[index]) / 255) * 2 ** shift[index]) % 2 ** (bytes * 8);
  const value = part(0) + part(1) + part(2);
  const pixel = Buffer.alloc(bytes);
  if (isBigEndian) pixel.writeUIntBE(value % 2 ** (bytes * 8), 0, bytes);
  else pixel.writeUIntLE(value % 2 ** (bytes * 8), 0, bytes);
  return pixel;
}
