/** The messages of SPICE that a simulated guest sends. */
import { drawRow, heightOf, WIDTH } from '../draw-row.ts';
import { nativeFormat } from '../pixel-format.ts';
import { CHANNELS } from './link.ts';

/** A message: a short header and words of 32 bits, or bytes. */
function message(type: number, ...parts: readonly (number | Buffer)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'number' ? word(part) : part)));
  const header = Buffer.alloc(6);
  header.writeUInt16LE(type, 0);
  header.writeUInt32LE(body.length, 2);
  return Buffer.concat([header, body]);
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** The client moves the mouse itself. */
const CLIENT_MOUSE = 2;

/** The main channel: session, screens, ways of the mouse (all, now), agent (none), its tokens, time, memory. */
export const mainInit = (session: number): Buffer => message(103, session, 1, CLIENT_MOUSE, CLIENT_MOUSE, 0, 0, 1, 0);

/** The channels beside the main one: type and number of each. */
export const channelList = (): Buffer => message(104, 2, Buffer.from([CHANNELS.display, 0, CHANNELS.inputs, 0]));

/** The screen: surface, size, 32 bits a pixel, the primary one; and that it may be shown. */
export const surface = (rows: number): Buffer => Buffer.concat([message(314, 0, WIDTH, heightOf(rows), 32, 1), message(102)]);

/** The keyboard: no lights are on. */
export const inputsInit = (): Buffer => message(101, Buffer.alloc(2));

const BITMAP = 0;
const TOP_DOWN = 4;
const XRGB = 8;
const PUT = 8;

/** Rows of the screen below each other: where they are drawn, the picture's place in the message, and the picture. */
export function drawCopy(first: number, texts: readonly string[]): Buffer {
  const drawn = texts.map((text, n) => drawRow({ row: first + n, text, format: nativeFormat }));
  const [top, height] = [heightOf(first), heightOf(texts.length)];
  const box = [top, 0, top + height, WIDTH].map(word);
  const area = [0, 0, height, WIDTH].map(word);
  // Operation, scaling, and a mask without a picture.
  const ways = Buffer.concat([Buffer.from([PUT, 0, 0, 0]), Buffer.alloc(12)]);
  const head = Buffer.concat([word(0), ...box, Buffer.from([0])]);
  const at = head.length + 4 + 16 + ways.length;
  const size = Buffer.concat([word(WIDTH), word(height)]);
  const picture = Buffer.concat([
    Buffer.alloc(8),
    Buffer.from([BITMAP, 0]),
    size,
    Buffer.from([XRGB, TOP_DOWN]),
    size,
    word(WIDTH * nativeFormat.bytes),
    word(0),
    ...drawn.map(({ pixels }) => pixels),
  ]);
  return message(304, head, at, ...area, ways, picture);
}
