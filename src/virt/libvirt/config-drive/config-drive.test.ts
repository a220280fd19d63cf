/** The file systems of config drives, read back; real guests read them in guest-disks.process.test.ts. */
import { expect, test } from 'vitest';
import { iso9660 } from './iso9660.ts';
import { VFAT_BYTES, vfat } from './vfat.ts';

const file = (path: string, content: string) => ({ path, content: Buffer.from(content).toString('base64') });

/** Enough files for a directory of several sectors, a file of several sectors, an empty one, and names of every length. */
const files = [
  file('openstack/latest/meta_data.json', '{"uuid":"1"}'),
  file('openstack/latest/user_data', 'x'.repeat(70_000)),
  file('openstack/content/0000', ''),
  ...Array.from({ length: 80 }, (_, index) => file(`many/${'n'.repeat(index + 1)}-${index}`, String(index))),
];
const contents = Object.fromEntries(files.map(({ path, content }) => [path, Buffer.from(content, 'base64').toString()]));

test('a CD-ROM image holds the files under their names', () => {
  const image = iso9660('config-2', files);
  const descriptor = image.subarray(17 * 2048, 18 * 2048);
  expect([descriptor[0], descriptor.toString('latin1', 1, 6), descriptor.readUInt32LE(80)]).toEqual([2, 'CD001', image.length / 2048]);
  expect(Buffer.from(descriptor.subarray(40, 72)).swap16().toString('utf16le').trim()).toBe('config-2');
  const read = (record: Buffer, path: string): [string, string][] => {
    const data = image.subarray(record.readUInt32LE(2) * 2048).subarray(0, record.readUInt32LE(10));
    if ((Number(record[25]) & 2) === 0) return [[path, data.toString()]];
    const found: [string, string][] = [];
    for (let at = 0; at < data.length; ) {
      const size = Number(data[at]);
      if (size === 0) at = Math.ceil((at + 1) / 2048) * 2048;
      else {
        const child = data.subarray(at, at + size);
        const name = Buffer.from(child.subarray(33, 33 + Number(child[32])));
        if (name.length > 1) found.push(...read(child, `${path}${path === '' ? '' : '/'}${name.swap16().toString('utf16le')}`));
        at += size;
      }
    }
    return found;
  };
  expect(Object.fromEntries(read(descriptor.subarray(156, 190), ''))).toEqual(contents);
});

test('a disk image holds the files under their names', () => {
  const image = vfat('config-2', files);
  expect([image.toString('latin1', 43, 54).trim(), image.readUInt32LE(32) * 512]).toEqual(['config-2', VFAT_BYTES]);
  const fat = image.subarray(512);
  const chain = (cluster: number): Buffer => {
    const here = image.subarray((289 + (cluster - 2) * 4) * 512).subarray(0, 2048);
    const next = fat.readUInt16LE(cluster * 2);
    return next === 0xffff ? here : Buffer.concat([here, chain(next)]);
  };
  const read = (data: Buffer, path: string): [string, string][] => {
    const found: [string, string][] = [];
    let name = '';
    for (let at = 0; at < data.length && data[at] !== 0; at += 32) {
      const entry = data.subarray(at, at + 32);
      const [kind, cluster] = [entry[11], entry.readUInt16LE(26)];
      if (kind === 0x0f) {
        const piece = Buffer.concat([entry.subarray(1, 11), entry.subarray(14, 26), entry.subarray(28, 32)]).toString('utf16le');
        name = (piece.split('\0')[0] ?? '') + name;
        continue;
      }
      const full = path === '' ? name : `${path}/${name}`;
      if (kind === 0x10 && entry[0] !== 0x2e) found.push(...read(chain(cluster), full));
      if (kind === 0x20) found.push([full, cluster === 0 ? '' : chain(cluster).toString().slice(0, entry.readUInt32LE(28))]);
      name = '';
    }
    return found;
  };
  expect(Object.fromEntries(read(image.subarray(257 * 512, 289 * 512), ''))).toEqual(contents);
});

test('files that do not fit are refused', () => {
  expect(() => vfat('config-2', [{ path: 'large', content: Buffer.alloc(VFAT_BYTES).toString('base64') }])).toThrow('do not fit');
});
