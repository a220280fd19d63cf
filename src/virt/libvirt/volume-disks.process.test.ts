/** A real guest writes to a volume that is plugged in while it runs; another guest reads it. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { volumeRead, volumeScript, volumeWritten, writerScript, writesIn, foundIn } from '../../../test/support/volume-in-guest.ts';
import { systemClock } from '../../lib/clock/clock.ts';
import { systemIds } from '../../lib/clock/ids.ts';
import { runToEnd } from '../../lib/child/run-to-end.ts';
import { asId, type ServerId } from '../../objects/ids.ts';
import { BuiltinVolumeDriver } from '../../volume/drivers/builtin/driver.ts';
import type { LibvirtDriver } from './driver.ts';
import { cannotTryLibvirt, type LibvirtTestHost, startLibvirtTestHost } from './libvirt-test-host.ts';

const skip = await cannotTryLibvirt();
const WAIT = { timeout: 200_000, interval: 200 };
const VOLUME = '5e0e0000-0000-4000-8000-00000000000a';
const GIB = 1024 ** 3;
const UNPLUGGING = { attempts: 8, timeoutMs: 5_000 };

const driveWith = (script: string) =>
  Object.entries({
    'openstack/latest/meta_data.json': JSON.stringify({ uuid: 'i-volumes', hostname: 'volumes' }),
    'openstack/latest/user_data': script,
  }).map(([path, content]) => ({ path, content: Buffer.from(content).toString('base64') }));

describe.skipIf(skip !== undefined)('volumes of a guest', { timeout: 300_000 }, () => {
  let host: LibvirtTestHost;
  let driver: LibvirtDriver;
  let directory: string;
  let storage: BuiltinVolumeDriver;

  beforeAll(async () => {
    host = await startLibvirtTestHost();
    driver = host.makeDriver('well', { configDriveFormat: 'vfat' });
    await driver.start();
    directory = await mkdtemp(join(tmpdir(), 'nova-volumes-'));
    await chmod(directory, 0o755);
    const images = { fetch: async () => {}, send: async () => {} };
    const where = { directory: join(directory, 'storage'), sockets: join(directory, 's'), account: undefined };
    const backups = { restore: async () => {} };
    storage = new BuiltinVolumeDriver({ ...where, images, backups, ids: systemIds, clock: systemClock });
    await storage.start();
    const aborted = new AbortController().signal;
    await storage.create({ volumeId: VOLUME, sizeGb: 1, source: { kind: 'empty' } }, { signal: aborted, progress: () => {} });
  }, 300_000);
  afterAll(async () => {
    for (const { serverId } of await driver.listGuests()) await driver.destroy(serverId);
    for (const { attachmentId, volumeId } of await storage.exports()) await storage.disconnect(attachmentId, volumeId);
    await driver.close();
    await host.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const attach = async (serverId: ServerId, limits: Readonly<Record<string, string>> = {}) => {
    const { type, data } = await storage.connect({ attachmentId: serverId, volumeId: VOLUME, readOnly: false, connector: {} });
    const connection = { type, data: { ...data, qos_specs: limits } };
    const volume = { volumeId: VOLUME, device: '/dev/vdb', isReadOnly: false, isShared: false, connection };
    await driver.attachVolume(serverId, volume, UNPLUGGING);
    await driver.attachVolume(serverId, volume, UNPLUGGING);
    expect(await driver.volumesOf(serverId)).toEqual([{ volumeId: VOLUME, isWhole: true }]);
  };
  const detach = async (serverId: ServerId) => {
    await driver.detachVolume(serverId, VOLUME, UNPLUGGING);
    await driver.detachVolume(serverId, VOLUME, UNPLUGGING);
    expect(await driver.volumesOf(serverId)).toEqual([]);
    await storage.disconnect(serverId, VOLUME);
  };
  const boot = async (script = volumeScript) => {
    const guest = host.makeGuest({ serverId: asId<ServerId>(systemIds.uuid()), configDrive: driveWith(script) });
    await driver.spawn(guest, new AbortController().signal);
    return guest.serverId;
  };

  test('what one guest wrote, another reads; a volume is kept over a stop and a start', async () => {
    const first = await boot();
    await attach(first);
    await expect.poll(() => driver.consoleOutput(first), WAIT).toMatch(volumeWritten);
    await detach(first);
    await driver.destroy(first);
    const second = await boot();
    await attach(second);
    await expect.poll(() => driver.consoleOutput(second), WAIT).toMatch(volumeRead);
    await driver.reboot(second, { type: 'hard', graceMs: 0 });
    await expect.poll(async () => (await driver.consoleOutput(second)).split('VOLUME-READ MARKED').length, WAIT).toBe(3);
    await detach(second);
    expect(await driver.powerState(second)).toBe('running');
  });

  test('a guest keeps to the limits of a volume, also after a start', async () => {
    const { serverId, name } = host.makeGuest({ serverId: asId<ServerId>(systemIds.uuid()) });
    await driver.spawn(host.makeGuest({ serverId, name }), new AbortController().signal);
    await attach(serverId, { total_bytes_sec: '1048576', total_bytes_sec_max: '2097152', read_iops_sec: '50', size_iops_sec: '4096' });
    const limits = async () => {
      const { stdout } = await runToEnd('virsh', ['-c', host.host.libvirtUri, 'blkdeviotune', name, 'vdb'], { timeoutMs: 30_000 });
      const rows = stdout.split('\n').map((row) => row.split(':').map((part) => part.trim()));
      return rows.filter(([, value]) => Number(value) > 0);
    };
    const wanted = [
      ['total_bytes_sec', '1048576'],
      ['read_iops_sec', '50'],
      ['total_bytes_sec_max', '2097152'],
      ['size_iops_sec', '4096'],
    ];
    expect((await limits()).filter(([key]) => !key?.endsWith('_length'))).toEqual(wanted);
    await driver.reboot(serverId, { type: 'hard', graceMs: 0 });
    expect((await limits()).filter(([key]) => !key?.endsWith('_length'))).toEqual(wanted);
    await driver.destroy(serverId);
    await storage.disconnect(serverId, VOLUME);
  });

  test('a guest that goes on writing sees what is added to its volume, and copies of it are of one moment', async () => {
    await storage.create({ volumeId: 'grows', sizeGb: 1, source: { kind: 'empty' } }, { signal: new AbortController().signal });
    const id = await boot(writerScript);
    const wanted = { attachmentId: id, volumeId: 'grows', readOnly: false, connector: {} };
    const volume = { volumeId: 'grows', device: '/dev/vdb', isReadOnly: false, isShared: false };
    await driver.attachVolume(id, { ...volume, connection: await storage.connect(wanted) }, UNPLUGGING);
    const last = async () => writesIn(await driver.consoleOutput(id)).at(-1);
    await expect.poll(async () => (await last())?.wrote ?? 0, WAIT).toBeGreaterThan(2);
    for (const sizeGb of [2, 3]) {
      await storage.extend('grows', sizeGb);
      const grown = { ...volume, connection: await storage.connect(wanted, { renews: true }) };
      for (const _again of [1, 2]) await driver.growVolume(id, grown, sizeGb * GIB);
      await storage.settle(id, 'grows');
      expect(await storage.connect(wanted, { renews: true })).toEqual(grown.connection);
      await expect.poll(async () => (await last())?.sectors, WAIT).toBe((sizeGb * GIB) / 512);
      const before = (await last())?.wrote ?? 0;
      await expect.poll(async () => (await last())?.wrote, WAIT).toBeGreaterThan(before + 2);
    }
    for (const { wrote, reads } of writesIn(await driver.consoleOutput(id))) expect(reads).toBe(wrote);
    await storage.createSnapshot('copy', 'grows', { signal: new AbortController().signal });
    await driver.reboot(id, { type: 'hard', graceMs: 0 });
    const found = async () => foundIn(await driver.consoleOutput(id));
    await expect.poll(async () => (await found()).length, WAIT).toBe(2);
    expect((await found())[1]).toBeGreaterThan(5);
    await driver.detachVolume(id, 'grows', UNPLUGGING);
    expect(await driver.volumesOf(id)).toEqual([]);
    await storage.disconnect(id, 'grows');
  });
});
