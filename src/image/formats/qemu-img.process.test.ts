import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DiskFormat, HEAD_BYTES, inspect } from './inspect.ts';
import { ImageFormatRefused } from './refusals.ts';

const isThere = spawnSync('qemu-img', ['--version']).status === 0;
if (!isThere) process.stderr.write('qemu-img is missing (Debian: qemu-utils): images made by the real tool are not tested\n');

const judged = (path: string, declared: DiskFormat = 'qcow2') => {
  const file = openSync(path, 'r');
  const head = Buffer.alloc(HEAD_BYTES);
  const length = readSync(file, head);
  closeSync(file);
  return inspect(head.subarray(0, length), declared);
};

describe.skipIf(!isThere && process.env.CI !== 'true')('images made by qemu-img', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'nova-qemu-img-'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const make = (name: string, ...options: string[]): string => {
    const path = join(directory, name);
    execFileSync('qemu-img', ['create', '-q', ...options.map((option) => option.replaceAll('@', directory)), path, '1G']);
    return path;
  };
  test.each([
    ['version 2', ['-f', 'qcow2', '-o', 'compat=0.10']],
    ['version 3', ['-f', 'qcow2']],
    ['small clusters', ['-f', 'qcow2', '-o', 'cluster_size=512']],
    ['large clusters', ['-f', 'qcow2', '-o', 'cluster_size=2M']],
    ['subclusters', ['-f', 'qcow2', '-o', 'extended_l2=on,cluster_size=128k']],
    ['zstd', ['-f', 'qcow2', '-o', 'compression_type=zstd']],
  ])('a qcow2 of %s is taken with its size', (name, options) => {
    const path = make(`${name}.qcow2`, ...options);
    const { virtualSizeBytes, minBytes } = judged(path);
    expect(virtualSizeBytes).toBe(1024 ** 3);
    expect(statSync(path).size).toBeGreaterThanOrEqual(minBytes);
  });

  // Fault 2026-11 D13.
  test.each<[format: DiskFormat, options: string[], size: number | null]>([
    ['vmdk', ['-f', 'vmdk'], 1024 ** 3],
    ['vmdk', ['-f', 'vmdk', '-o', 'subformat=streamOptimized'], 1024 ** 3],
    ['vdi', ['-f', 'vdi'], 1024 ** 3],
    ['vdi', ['-f', 'vdi', '-o', 'static=on'], 1024 ** 3],
    ['vhdx', ['-f', 'vhdx'], null],
    ['vhd', ['-f', 'vpc', '-o', 'force_size=on'], 1024 ** 3],
    ['ploop', ['-f', 'parallels'], 1024 ** 3],
  ])('a %s of qemu-img %j is taken with its size', (format, options, size) => {
    expect(judged(make(`${format}-${options.length}.${format}`, ...options), format).virtualSizeBytes).toBe(size);
  });

  // Fault 2026-11 D13.
  test.each<[what: string, format: DiskFormat, options: string[], because: string]>([
    ['flat extent', 'vmdk', ['-f', 'vmdk', '-o', 'subformat=monolithicFlat'], 'its data lies in another file'],
    ['file for each 2 GB', 'vmdk', ['-f', 'vmdk', '-o', 'subformat=twoGbMaxExtentSparse'], 'its data lies in another file'],
    ['fixed size', 'vhd', ['-f', 'vpc', '-o', 'subformat=fixed'], 'it is declared as vhd but is not'],
  ])('an image with a %s of format %s is refused', (what, format, options, because) => {
    expect(() => judged(make(`${what}.${format}`, ...options), format)).toThrow(ImageFormatRefused({ because }));
  });

  test.each([
    ['a backing file', ['-f', 'qcow2', '-b', '/etc/passwd', '-F', 'raw', '-u'], 'it has a backing file'],
    ['a data file', ['-f', 'qcow2', '-o', 'data_file=@/data.raw,data_file_raw=on'], 'its data lies in another file'],
    // AES and not LUKS: deriving a LUKS key takes qemu-img seconds of measuring the machine. The header of LUKS is in inspect.test.ts.
    ['encryption', ['-f', 'qcow2', '--object', 'secret,id=s,data=x', '-o', 'encrypt.format=aes,encrypt.key-secret=s'], 'it is encrypted'],
    ['the format vmdk', ['-f', 'vmdk'], 'it is of format vmdk, declared as qcow2'],
    ['the format vdi', ['-f', 'vdi'], 'it is of format vdi, declared as qcow2'],
    ['the format vhdx', ['-f', 'vhdx'], 'it is of format vhdx, declared as qcow2'],
    ['the format vpc', ['-f', 'vpc'], 'it is of format vhd, declared as qcow2'],
    ['the format raw', ['-f', 'raw'], 'it is declared as qcow2 but is not'],
  ])('an image with %s is refused', (name, options, because) => {
    expect(() => judged(make(`${name}.image`, ...options))).toThrow(ImageFormatRefused({ because }));
  });
});
