import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { diskFormats, inspect } from './inspect.ts';
import { ImageFormatRefused } from './refusals.ts';

/** A sound qcow2 header of version 3: 1 GiB, clusters of 64 KiB. */
const header = (change: (head: Buffer) => unknown = () => undefined): Buffer => {
  const head = Buffer.alloc(512);
  head.write('QFI\xfb', 0, 'latin1');
  head.writeUInt32BE(3, 4);
  head.writeUInt32BE(16, 20);
  head.writeBigUInt64BE(1024n ** 3n, 24);
  head.writeUInt32BE(2, 36);
  head.writeBigUInt64BE(0x30000n, 40);
  head.writeUInt32BE(4, 96);
  head.writeUInt32BE(104, 100);
  change(head);
  return head;
};

test('a sound qcow2 is taken with its virtual size, in both versions', () => {
  expect(inspect(header(), 'qcow2')).toEqual({ format: 'qcow2', virtualSizeBytes: 1024 ** 3, minBytes: 0x30010 });
  expect(inspect(header((head) => head.writeUInt32BE(2, 4)).subarray(0, 72), 'qcow2').virtualSizeBytes).toBe(1024 ** 3);
});

test('data of no known format is raw', () => {
  expect(inspect(Buffer.from('any bytes'), 'raw')).toEqual({ format: 'raw', virtualSizeBytes: undefined, minBytes: 0 });
  expect(inspect(Buffer.alloc(0), 'aki').format).toBe('raw');
});

test.each<[what: string, change: (head: Buffer) => unknown, because: string]>([
  ['a backing file', (head) => head.writeBigUInt64BE(0x200n, 8), 'it has a backing file'],
  ['the length of a backing file name alone', (head) => head.writeUInt32BE(9, 16), 'it has a backing file'],
  ['a data file', (head) => head.writeBigUInt64BE(4n, 72), 'its data lies in another file'],
  ['a mark of corruption', (head) => head.writeBigUInt64BE(2n, 72), 'it is marked as corrupt'],
  ['an unknown feature', (head) => head.writeBigUInt64BE(1n << 63n, 72), 'it needs the unknown feature 63'],
  ['old encryption', (head) => head.writeUInt32BE(1, 32), 'it is encrypted'],
  ['LUKS encryption', (head) => head.writeUInt32BE(2, 32), 'it is encrypted'],
  ['version 1', (head) => head.writeUInt32BE(1, 4), 'it is qcow version 1; 2 and 3 are understood'],
  ['version 4', (head) => head.writeUInt32BE(4, 4), 'it is qcow version 4; 2 and 3 are understood'],
  ['an absurd size', (head) => head.writeBigUInt64BE(1n << 60n, 24), 'it claims a size of 1152921504606846976 bytes'],
  ['a size beyond its table', (head) => head.writeBigUInt64BE(1024n ** 4n, 24), 'its table of clusters is too small for its size'],
  ['an absurd table', (head) => head.writeUInt32BE(0xffffffff, 36), 'its table of clusters is too large'],
  ['a misplaced table', (head) => head.writeBigUInt64BE(0x30001n, 40), 'its table of clusters is misplaced'],
  ['tiny clusters', (head) => head.writeUInt32BE(8, 20), 'its clusters are of 2^8 bytes'],
  ['an impossible header length', (head) => head.writeUInt32BE(100, 100), 'its header has an impossible length'],
])('a qcow2 with %s is refused', (_what, change, because) => {
  expect(() => inspect(header(change), 'qcow2')).toThrow(ImageFormatRefused({ because }));
});

test.each<[declared: (typeof diskFormats)[number], content: Buffer, because: string]>([
  ['raw', header(), 'it is of format qcow2, declared as raw'],
  ['aki', header(), 'it is of format qcow2, declared as aki'],
  ['qcow2', Buffer.from('raw data'), 'it is declared as qcow2 but is not'],
  ['raw', Buffer.from('KDMV....'), 'it is of format vmdk, declared as raw'],
  ['raw', Buffer.from('conectix'), 'it is of format vhd, declared as raw'],
  ['qcow2', Buffer.from('QED\0'), 'it is of format qed, declared as qcow2'],
  ['qcow2', header().subarray(0, 71), 'its header is cut off'],
  ['qcow2', header().subarray(0, 103), 'its header is cut off'],
])('content other than the declared %s is refused', (declared, content, because) => {
  expect(() => inspect(content, declared)).toThrow(ImageFormatRefused({ because }));
});

test('whatever the bytes are, they are judged or refused by name, never anything else', () => {
  const noise = fc.uint8Array({ maxLength: 256 }).map((bytes) => Buffer.from(bytes));
  const almost = fc
    .array(fc.tuple(fc.integer({ min: 4, max: 511 }), fc.integer({ min: 0, max: 255 })), { maxLength: 8 })
    .chain((edits) =>
      fc
        .integer({ min: 4, max: 512 })
        .map((length) => header((head) => edits.forEach(([at, byte]) => (head[at] = byte))).subarray(0, length)),
    );
  fc.assert(
    fc.property(fc.oneof(noise, almost), fc.constantFrom(...diskFormats), (bytes, declared) => {
      try {
        const { virtualSizeBytes } = inspect(bytes, declared);
        expect(virtualSizeBytes === undefined || Number.isSafeInteger(virtualSizeBytes)).toBe(true);
      } catch (error) {
        expect(ImageFormatRefused.is(error)).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});
