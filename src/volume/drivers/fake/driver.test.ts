import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { describeVolumeDriver } from '../../driver.contract.ts';
import { FakeVolumeDriver } from './driver.ts';

const directories: string[] = [];
afterEach(async () => {
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true });
});

describeVolumeDriver(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'nova-volumes-'));
  directories.push(directory);
  const started = async () => {
    const driver = new FakeVolumeDriver({ directory, images: { send: async () => {} }, backups: { restore: async () => {} } });
    await driver.start();
    return driver;
  };
  return { driver: await started(), restart: started };
});
