import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { limits } from '../limits.ts';
import { encodePacket, PacketSplitter, type Packet } from './packet.ts';

const word = fc.integer({ min: 0, max: 0xffffffff });
const payload = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
const aPacket: fc.Arbitrary<Packet> = fc.record(
  { program: word, procedure: word, type: word, serial: word, status: word, payload },
  { noNullPrototype: true },
);

const chop = (bytes: Buffer, sizes: readonly number[]): Buffer[] => {
  const chunks: Buffer[] = [];
  for (let at = 0, index = 0; at < bytes.length; index++) {
    const length = sizes[index % sizes.length] ?? 1;
    chunks.push(bytes.subarray(at, at + length));
    at += length;
  }
  return chunks;
};

test('packets are the same however the bytes were chopped', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(fc.array(aPacket, { maxLength: 8 }), sizes, (packets, sizes) => {
      const splitter = new PacketSplitter();
      const chunks = chop(Buffer.concat(packets.map(encodePacket)), sizes);
      expect(chunks.flatMap((chunk) => [...splitter.push(chunk)])).toEqual(packets);
    }),
  );
});

test.each([
  ['a length shorter than a header', [27, 1, 1, 1, 1, 1, 1]],
  ['a length beyond the limit', [limits.packetBytes + 1]],
  ['another version of the protocol', [28, 0x20008086, 2, 1, 1, 1, 0]],
])('%s ends the reading with a typed error', (_what, words) => {
  const bytes = Buffer.alloc(words.length * 4);
  words.forEach((value, index) => bytes.writeUInt32BE(value, index * 4));
  expect(() => [...new PacketSplitter().push(bytes)]).toThrow(expect.objectContaining({ code: 'protocol-violation' }));
});

test('a packet beyond the limit is not sent', () => {
  const packet = { program: 1, procedure: 1, type: 0, serial: 1, status: 0, payload: Buffer.alloc(limits.packetBytes) };
  expect(() => encodePacket(packet)).toThrow(expect.objectContaining({ code: 'invalid-arg' }));
});
