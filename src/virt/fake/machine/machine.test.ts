import type { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { heightOf, WIDTH } from './draw-row.ts';
import { Machine } from './machine.ts';
import { CHANNELS, ticketLength } from './spice/link.ts';

const MIB = 1024 * 1024;

/** What a client of SPICE says until a screen is shown: that it knows short headers, its ticket, and that it is ready. */
function openDisplay(machine: Machine): Duplex {
  const link = Buffer.alloc(16 + 22);
  link.write('REDQ');
  link.writeUInt32LE(22, 12);
  link.writeUInt8(CHANNELS.display, 16 + 4);
  link.writeUInt32LE(1, 16 + 6);
  link.writeUInt32LE(18, 16 + 14);
  link.writeUInt32LE(0b1001, 16 + 18);
  const display = machine.openSpice();
  display.write(Buffer.concat([link, Buffer.alloc(ticketLength), Buffer.from([101, 0, 0, 0, 0, 0])]));
  return display;
}

test('a viewer of SPICE that does not read costs little, and sees the last picture when it does', async () => {
  const machine = new Machine({ name: 'one', hostname: 'one', id: 'id', printed: '' });
  const display = openDisplay(machine);
  const serial = machine.openSerial();
  for (let line = 0; line < 10; line += 1) serial.write('root\r');
  expect(display.readableLength).toBeLessThan(3 * MIB);
  const chunks: Buffer[] = [];
  display.on('data', (chunk: Buffer) => chunks.push(chunk));
  serial.write('last words');
  const whole = openDisplay(machine).read() as Buffer;
  // Below the first row, which never changes: 32 bits a pixel.
  const picture = whole.subarray(-WIDTH * heightOf(24) * 4);
  await expect.poll(() => Buffer.concat(chunks).subarray(-picture.length).equals(picture)).toBe(true);
});
