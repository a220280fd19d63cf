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
  expect(inspect(header(), 'qcow2')).toEqual({ virtualSizeBytes: 1024 ** 3, minBytes: 0x30010 });
  expect(inspect(header((head) => head.writeUInt32BE(2, 4)).subarray(0, 72), 'qcow2').virtualSizeBytes).toBe(1024 ** 3);
});

test('data of no known format is raw', () => {
  expect(inspect(Buffer.from('any bytes'), 'raw')).toEqual({ virtualSizeBytes: 'data', minBytes: 0 });
  expect(inspect(Buffer.alloc(0), 'aki').virtualSizeBytes).toBe('data');
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
  // Fault 2026-11 B11.
  ['a header longer than a cluster', (head) => head.writeUInt32BE(65_544, 100), 'its header has an impossible length'],
  ['a header longer than the file', (head) => head.writeUInt32BE(520, 100), 'its header is cut off'],
  ['wide reference counts', (head) => head.writeUInt32BE(7, 96), 'its reference counts are too wide'],
  ['an absurd table of counts', (head) => head.writeUInt32BE(129, 56), 'its table of reference counts is too large'],
  ['a misplaced table of counts', (head) => head.writeBigUInt64BE(0x10001n, 48), 'its table of reference counts is misplaced'],
  ['absurdly many snapshots', (head) => head.writeUInt32BE(65_537, 60), 'its table of snapshots is too large'],
  ['a misplaced table of snapshots', (head) => head.writeBigUInt64BE(0x10001n, 64), 'its table of snapshots is misplaced'],
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

// Fault 2026-11 B11.
test.each([
  ['vmdk', 'version=1\nextent'],
  ['vmdk', 'version=3\r\n'],
  ['vmdk', '# a comment\n \n#another\nversion=2\nRW 1 FLAT "/etc/passwd" 0'],
  ['vmdk', '# Disk DescriptorFile\n'],
  ['vmdk', 'COWD'],
  ['ploop', 'WithoutFreeSpace'],
  ['ploop', 'WithouFreSpacExt'],
  ['bochs', 'Bochs Virtual HD Image'],
  ['cloop', '#!/bin/sh\n#V2.0 Format\nmodprobe cloop'],
])('data that QEMU would open as %s is not raw: %j', (format, content) => {
  for (const declared of ['raw', 'ami', 'qcow2', 'iso'] as const)
    expect(() => inspect(Buffer.from(content), declared)).toThrow(
      ImageFormatRefused({ because: `it is of format ${format}, declared as ${declared}` }),
    );
});

/** A sparse VMDK of 1 GiB with its descriptor inside. */
const vmdk = (descriptor: string): Buffer => {
  const head = Buffer.alloc(4_096);
  head.write('KDMV');
  head.writeBigUInt64LE(2n * 1024n ** 2n, 12);
  head.writeBigUInt64LE(1n, 28);
  head.writeBigUInt64LE(2n, 36);
  head.write(descriptor, 512, 'latin1');
  return head;
};
const descriptorOf = (kind: string, more = 'RW 2097152 SPARSE "disk.vmdk"', parent = 'ffffffff') =>
  `# Disk DescriptorFile\nversion=1\nCID=1\nparentCID=${parent}\ncreateType="${kind}"\n\n# Extent description\n${more}\n`;
const vhd = (type: number): Buffer => {
  const head = Buffer.alloc(512);
  head.write('conectix');
  head.writeBigUInt64BE(1024n ** 3n, 48);
  head.writeUInt32BE(type, 60);
  return head;
};
const vdi = (type: number, parent = 0): Buffer => {
  const head = Buffer.alloc(512);
  head.writeUInt32BE(0x7f10dabe, 64);
  head.writeUInt32LE(type, 76);
  head.writeBigUInt64LE(1024n ** 3n, 0x170);
  head[0x1b8] = parent;
  return head;
};

// Fault 2026-11 D13.
test.each([
  ['vmdk', vmdk(descriptorOf('monolithicSparse'))],
  ['vmdk', vmdk(descriptorOf('streamOptimized'))],
  ['vhd', vhd(3)],
  ['vdi', vdi(1)],
] as const)('a %s is taken with its virtual size', (declared, head) => {
  expect(inspect(head, declared)).toEqual({ virtualSizeBytes: 1024 ** 3, minBytes: 0 });
});

// Fault 2026-11 D13.
test.each<[declared: (typeof diskFormats)[number], what: string, head: Buffer, because: string]>([
  [
    'vmdk',
    'with two extents',
    vmdk(descriptorOf('monolithicSparse', 'RW 1 SPARSE "a"\nRW 1 SPARSE "/etc/passwd"')),
    'its data lies in another file',
  ],
  ['vmdk', 'with a flat extent', vmdk(descriptorOf('monolithicSparse', 'RW 1 FLAT "/etc/passwd" 0')), 'its data lies in another file'],
  ['vmdk', 'that is a descriptor', Buffer.from(descriptorOf('monolithicFlat')), 'its data lies in another file'],
  ['vmdk', 'of a parent', vmdk(descriptorOf('monolithicSparse', undefined, '12345678')), 'it has a backing file'],
  [
    'vmdk',
    'of several files',
    vmdk(descriptorOf('twoGbMaxExtentSparse')),
    'it is a VMDK of another type than monolithicSparse and streamOptimized',
  ],
  ['vmdk', 'without a descriptor', Buffer.concat([Buffer.from('KDMV'), Buffer.alloc(508)]), 'it has no descriptor'],
  ['vmdk', 'that is cut off', vmdk('').subarray(0, 600), 'its descriptor is misplaced'],
  ['vhd', 'with a parent', vhd(4), 'it has a backing file'],
  ['vdi', 'with a parent', vdi(1, 1), 'it has a backing file'],
  ['vdi', 'that is a difference', vdi(4), 'it has a backing file'],
  ['vdi', 'that is cut off', vdi(1).subarray(0, 100), 'its header is cut off'],
  ['ploop', 'that is cut off', Buffer.from('WithoutFreeSpace'), 'its header is cut off'],
  ['vhdx', 'of other content', Buffer.from('raw'), 'it is declared as vhdx but is not'],
  ['iso', 'of other content', Buffer.alloc(40_000), 'it is declared as iso but is not'],
])('a %s %s is refused', (declared, _what, head, because) => {
  expect(() => inspect(head, declared)).toThrow(ImageFormatRefused({ because }));
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
        expect(virtualSizeBytes === 'data' || virtualSizeBytes === null || Number.isSafeInteger(virtualSizeBytes)).toBe(true);
      } catch (error) {
        expect(ImageFormatRefused.is(error)).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});
