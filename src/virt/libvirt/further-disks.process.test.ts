import { mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sampleGuest } from '../guest-samples.ts';
import { fitFurtherDisks } from './further-disks.ts';
import { cannotTryLibvirt } from './libvirt-test-host.ts';

const MIB = 1024 ** 2;

const sizeOf = (path: string) =>
  stat(path).then(
    ({ size }) => size / MIB,
    () => 'none',
  );

const bytesAt = async (path: string, offset: number, length: number) => {
  const file = await open(path);
  return (await file.read(Buffer.alloc(length), 0, length, offset).finally(() => file.close())).buffer.toString('latin1');
};

describe.skipIf((await cannotTryLibvirt()) !== undefined)('the further disks of a guest', () => {
  let directory: string;
  const paths = () => ({ ephemeral: join(directory, 'disk.eph0'), swap: join(directory, 'disk.swap') });
  const fit = (ephemeralGb: number, swapMb: number) => fitFurtherDisks(paths(), { ...sampleGuest().flavor, ephemeralGb, swapMb });
  const sizes = async () => [await sizeOf(paths().ephemeral), await sizeOf(paths().swap)];
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nova-ts-further-disks-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  test('are those of the flavor, made to be used', async () => {
    await fit(0, 0);
    expect(await sizes()).toEqual(['none', 'none']);
    await fit(1, 8);
    expect(await sizes()).toEqual([1024, 8]);
    // The label and the magic of ext4, and those of swap.
    expect(await bytesAt(paths().ephemeral, 1024 + 120, 10)).toBe('ephemeral0');
    expect(await bytesAt(paths().swap, 4096 - 10, 10)).toBe('SWAPSPACE2');
  });

  test('grow with the flavor: an ephemeral disk keeps its data, swap is made anew', async () => {
    await fit(1, 8);
    const written = await open(paths().ephemeral, 'r+');
    await written.write('of the guest', 500 * MIB);
    await written.close();
    await fit(2, 16);
    expect(await sizes()).toEqual([2048, 16]);
    expect(await bytesAt(paths().ephemeral, 500 * MIB, 12)).toBe('of the guest');
    expect(await bytesAt(paths().swap, 4096 - 10, 10)).toBe('SWAPSPACE2');
  });

  test('stay as they are when nothing changes, and swap goes with the flavor', async () => {
    await fit(1, 8);
    await writeFile(paths().swap, Buffer.alloc(8 * MIB, 'x'));
    await fit(1, 8);
    expect((await readFile(paths().swap)).subarray(0, 4).toString()).toBe('xxxx');
    await fit(1, 4);
    expect(await sizes()).toEqual([1024, 4]);
    await fit(1, 0);
    expect(await sizes()).toEqual([1024, 'none']);
  });
});
