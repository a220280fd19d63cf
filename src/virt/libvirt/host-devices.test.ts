import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { machineDevices } from './host-devices.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'nova-sysfs-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function device(address: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(join(root, address), { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(root, address, name), `${text}\n`);
}

test('devices are read as the kernel lists them: by themselves, with virtual functions, and such functions', async () => {
  await device('0000:81:00.0', { vendor: '0x10de', device: '0x1EB8', numa_node: '1' });
  await device('0000:0a:00.0', { vendor: '0x8086', device: '0x10fb', numa_node: '-1', sriov_totalvfs: '2' });
  await mkdir(join(root, '0000:0a:00.0', 'net', 'eth4'), { recursive: true });
  await device('0000:0a:10.1', { vendor: '0x8086', device: '0x10ed', numa_node: '-1' });
  await symlink('../0000:0a:00.0', join(root, '0000:0a:10.1', 'physfn'));
  // Unplugged while it is read.
  await device('0000:0b:00.0', { vendor: '0x8086' });
  expect(await machineDevices(root)).toEqual([
    { address: '0000:0a:00.0', vendorId: '8086', productId: '10fb', type: 'type-PF', node: null, interfaces: ['eth4'] },
    {
      address: '0000:0a:10.1',
      vendorId: '8086',
      productId: '10ed',
      type: 'type-VF',
      node: null,
      parent: '0000:0a:00.0',
      interfaces: ['eth4'],
    },
    { address: '0000:81:00.0', vendorId: '10de', productId: '1eb8', type: 'type-PCI', node: 1, interfaces: [] },
  ]);
});

test('a machine without such a bus has none', async () => {
  expect(await machineDevices(join(root, 'nowhere'))).toEqual([]);
});
