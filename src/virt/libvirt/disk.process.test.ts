import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ImageUnusable } from '../errors.ts';
import { sampleGuest, sampleImage } from '../guest-samples.ts';
import { createDisk } from './disk.ts';
import { cannotTryLibvirt } from './libvirt-test-host.ts';
import { runTool } from './private-host/tool.ts';

const skip = await cannotTryLibvirt();
const MIB = 1024 ** 2;

describe.skipIf(skip !== undefined)('the disk of a guest', () => {
  let directory: string;
  const path = (name: string) => join(directory, name);
  const create = (file: string, diskFormat: string, rootGb: number) =>
    createDisk({
      image: sampleImage({ diskFormat }),
      imageFile: path(file),
      disk: path('disk'),
      flavor: { ...sampleGuest().flavor, rootGb },
    });
  const info = async () => JSON.parse(await runTool('qemu-img', ['info', '--output=json', path('disk')]));

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nova-ts-disk-'));
    await writeFile(path('raw'), Buffer.alloc(MIB));
    await runTool('qemu-img', ['create', '-q', '-f', 'qcow2', path('qcow2'), '3G']);
    await runTool('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', '/etc/hostname', path('thief'), '1M']);
    await runTool('qemu-img', ['create', '-q', '-f', 'qcow2', '-o', `data_file=${path('raw-data')}`, path('thief2'), '1M']);
  });
  afterAll(() => rm(directory, { recursive: true }));

  test.for([
    ['raw', 'raw', 0, MIB],
    ['raw', 'ami', 1, 1024 * MIB],
    ['qcow2', 'qcow2', 0, 3 * 1024 * MIB],
    ['qcow2', 'qcow2', 4, 4 * 1024 * MIB],
  ] as const)('of %s (an image of format %s) with %d GB has the right size, above the image', async ([file, format, rootGb, size]) => {
    await create(file, format, rootGb);
    expect(await info()).toMatchObject({
      'virtual-size': size,
      'full-backing-filename': path(file),
      'backing-filename-format': format === 'ami' ? 'raw' : format,
    });
  });

  test.for([
    ['qcow2', 'qcow2', 1, 'larger than the 1 GB of the flavor'],
    ['raw', 'qcow2', 1, 'its data is not qcow2'],
    ['thief', 'qcow2', 1, 'refers to another file'],
    ['thief2', 'qcow2', 1, 'refers to another file'],
    ['raw', 'iso', 1, 'format iso cannot be booted'],
  ] as const)('is refused for %s as %s with %d GB: %s', async ([file, format, rootGb, because]) => {
    const made = create(file, format, rootGb);
    await expect(made).rejects.toSatisfy(ImageUnusable.is);
    await expect(made).rejects.toThrow(because);
  });

  test('of raw data that pretends to be qcow2 stays raw', async () => {
    await create('thief', 'raw', 0);
    expect(await info()).toMatchObject({ 'backing-filename-format': 'raw' });
  });
});
