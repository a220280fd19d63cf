import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdtemp, open, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { runToEnd } from '../../../lib/child/run-to-end.ts';
import { systemClock } from '../../../lib/clock/clock.ts';
import { systemIds } from '../../../lib/clock/ids.ts';
import { asId, type ImageId } from '../../../objects/ids.ts';
import { BackupFiles } from '../files/backup-files.ts';
import { Backups } from '../../host/backups.ts';
import { describeVolumeDriver } from '../../driver.contract.ts';
import { BuiltinVolumeDriver } from './driver.ts';

const GIB = 1024 ** 3;
const directories: string[] = [];
const drivers: BuiltinVolumeDriver[] = [];

afterEach(async () => {
  for (const driver of drivers.splice(0))
    for (const { attachmentId, volumeId } of await driver.exports()) await driver.disconnect(attachmentId, volumeId);
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true });
});

/** Whom the servers of volumes run as, if that is not whoever runs the test. */
const account = process.getuid?.() === 0 ? { uid: 60_600, gid: 60_600 } : undefined;

/** An empty backend; images are files in its directory. */
async function lab() {
  const directory = await mkdtemp(join(tmpdir(), 'nova-volumes-'));
  await chmod(directory, 0o711);
  directories.push(directory);
  const images = {
    fetch: async ({ image }: { readonly image: { readonly id: string } }, to: string) => await copyFile(join(directory, image.id), to),
    send: async ({ imageId }: { readonly imageId: string }, file: string) => await copyFile(file, join(directory, imageId)),
  };
  const backups = new Backups(await BackupFiles.open(join(directory, 'backups'), systemIds));
  const started = async () => {
    const storage = { directory: join(directory, 'storage'), sockets: join(directory, 's'), account };
    const driver = new BuiltinVolumeDriver({ ...storage, images, backups, ids: systemIds, clock: systemClock });
    await driver.start();
    drivers.splice(0);
    drivers.push(driver);
    return driver;
  };
  return { directory, backups, driver: await started(), restart: started };
}

const copying = () => ({ signal: new AbortController().signal });
const fileOf = (directory: string, kind: 'volume' | 'snapshot', id: string) => join(directory, 'storage', `${kind}-${id}`);

/** What a guest would read from the start of a volume, over its connection. */
async function readBy(connected: { readonly data: Readonly<Record<string, unknown>> }, directory: string): Promise<string> {
  const to = join(directory, `read-${systemIds.hex(4)}`);
  const source = `nbd+unix:///${String(connected.data['export'])}?socket=${String(connected.data['socket'])}`;
  await runToEnd('qemu-img', ['dd', '-f', 'raw', '-O', 'raw', 'bs=512', 'count=1', `if=${source}`, `of=${to}`], { timeoutMs: 20_000 });
  return (await readFile(to, 'utf8')).replaceAll('\0', '');
}

async function writeBy(connected: { readonly data: Readonly<Record<string, unknown>> }, pattern: number): Promise<void> {
  const target = `nbd+unix:///${String(connected.data['export'])}?socket=${String(connected.data['socket'])}`;
  await runToEnd('qemu-io', ['-f', 'raw', '-c', `write -P ${pattern} 0 512`, '-c', 'flush', target], { timeoutMs: 20_000 });
}

/** The process that serves the one volume of a backend. */
async function serverIn(directory: string): Promise<number> {
  const { stdout } = await runToEnd('pgrep', ['-f', `^qemu-storage-daemon .*${directory}`], { timeoutMs: 5_000 });
  return Number(stdout.trim());
}

const connectionOf = (attachmentId: string, readOnly = false) => ({ attachmentId, volumeId: 'one', readOnly, connector: {} });

describeVolumeDriver(lab);

test.runIf(account)('the server of a volume runs as the account of the storage, which owns the volume', async () => {
  const { driver, directory } = await lab();
  await driver.create({ volumeId: 'one', sizeGb: 1, source: { kind: 'empty' } }, copying());
  const { data } = await driver.connect(connectionOf('a'));
  const owners = await Promise.all([fileOf(directory, 'volume', 'one'), String(data['socket'])].map((path) => stat(path)));
  expect(owners.map(({ uid }) => uid)).toEqual([account?.uid, account?.uid]);
});

test('a new volume has its size, reads as zeros and takes no space', async () => {
  const { driver, directory } = await lab();
  await driver.create({ volumeId: 'one', sizeGb: 3, source: { kind: 'empty' } }, copying());
  const { size, blocks } = await stat(fileOf(directory, 'volume', 'one'));
  expect([size, blocks]).toEqual([3 * GIB, 0]);
  await driver.extend('one', 5);
  expect((await stat(fileOf(directory, 'volume', 'one'))).size).toBe(5 * GIB);
});

test('what a guest writes is in snapshots and clones of that moment, also while it is connected', async () => {
  const { driver, directory } = await lab();
  await driver.create({ volumeId: 'one', sizeGb: 1, source: { kind: 'empty' } }, copying());
  const connected = await driver.connect(connectionOf('a'));
  await writeBy(connected, 0x41);
  await driver.createSnapshot('before', 'one', copying());
  await writeBy(connected, 0x42);
  await driver.create({ volumeId: 'clone', sizeGb: 2, source: { kind: 'volume', volumeId: 'one' } }, copying());
  expect(await readBy(connected, directory)).toBe('B'.repeat(512));
  expect(await start(fileOf(directory, 'snapshot', 'before'))).toBe('AAA');
  expect(await start(fileOf(directory, 'volume', 'clone'))).toBe('BBB');
  expect((await stat(fileOf(directory, 'volume', 'clone'))).blocks).toBeLessThan(10_000);
  await driver.extend('one', 2);
  expect((await stat(fileOf(directory, 'volume', 'one'))).size).toBe(2 * GIB);
  await driver.disconnect('a', 'one');
  await driver.rewrite({ volumeId: 'one', sizeGb: 2, source: { kind: 'snapshot', snapshotId: 'before' } }, copying());
  expect(await start(fileOf(directory, 'volume', 'one'))).toBe('AAA');
});

test('a backup of a volume in use is of one moment, takes only the data, and is restored', async () => {
  const { driver, directory, backups } = await lab();
  await driver.create({ volumeId: 'one', sizeGb: 1, source: { kind: 'empty' } }, copying());
  const connected = await driver.connect(connectionOf('a'));
  await writeBy(connected, 0x47);
  const kept = await driver.lend({ kind: 'volume', id: 'one' }, copying(), async (data) => {
    await writeBy(connected, 0x48);
    return await backups.write({ dataId: 'full' }, data, copying());
  });
  expect(kept).toEqual({ sizeBytes: GIB, objectCount: 1 });
  await driver.create({ volumeId: 'two', sizeGb: 2, source: { kind: 'backup', dataId: 'full' } }, copying());
  expect(await start(fileOf(directory, 'volume', 'two'))).toBe('GGG');
  const { size, blocks } = await stat(fileOf(directory, 'volume', 'two'));
  expect([size, blocks < 20_000]).toEqual([2 * GIB, true]);
});

test('a copy that is given up leaves nothing in the server of the volume', async () => {
  const { driver, directory } = await lab();
  await driver.create({ volumeId: 'one', sizeGb: 1, source: { kind: 'empty' } }, copying());
  await writeFile(fileOf(directory, 'volume', 'one'), Buffer.alloc(GIB / 4, 0x46), { flag: 'r+' });
  const connected = await driver.connect(connectionOf('a'));
  for (const signal of [AbortSignal.abort(), AbortSignal.timeout(25)])
    await expect(driver.createSnapshot('shot', 'one', { signal })).rejects.toThrow(/abort/);
  await writeBy(connected, 0x45);
  await driver.createSnapshot('later', 'one', copying());
  expect(await start(fileOf(directory, 'snapshot', 'later'))).toBe('EEE');
  const pid = await serverIn(directory);
  const opened = await readdir(`/proc/${pid}/fd`);
  const files = await Promise.all(opened.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
  expect(files.filter((file) => file.includes('unfinished'))).toEqual([]);
});

test('a connection for reading refuses to write, and a server of a volume that died is started again', async () => {
  const { driver, directory } = await lab();
  await driver.create({ volumeId: 'one', sizeGb: 1, source: { kind: 'empty' } }, copying());
  const writing = await driver.connect(connectionOf('a'));
  const reading = await driver.connect(connectionOf('b', true));
  await expect(writeBy(reading, 0x43)).rejects.toThrow();
  await writeBy(writing, 0x44);
  expect(await readBy(reading, directory)).toBe('D'.repeat(512));
  process.kill(await serverIn(directory), 'SIGKILL');
  expect(await driver.connect(connectionOf('a'))).toEqual(writing);
  expect(await readBy(reading, directory)).toBe('D'.repeat(512));
});

test('images become volumes and volumes images, but an image that names other files is refused', async () => {
  const { driver, directory } = await lab();
  await writeFile(join(directory, 'raw'), 'hello'.padEnd(1024 * 1024, '.'));
  await runToEnd('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', 'raw', 'good'], { timeoutMs: 20_000, cwd: directory });
  await runToEnd('qemu-img', ['create', '-f', 'qcow2', '-b', '/etc/passwd', '-F', 'raw', 'evil'], { timeoutMs: 20_000, cwd: directory });
  await driver.create({ volumeId: 'one', sizeGb: 1, source: from('good') }, copying());
  await expect(driver.create({ volumeId: 'two', sizeGb: 1, source: from('evil') }, copying())).rejects.toMatchObject({
    code: 'StorageFailed',
  });
  expect((await driver.list()).volumes).toEqual(['one']);
  const target = { imageId: asId<ImageId>('out'), diskFormat: 'qcow2' as const, url: '', token: '' };
  await driver.upload('one', target, copying());
  await runToEnd('qemu-img', ['convert', '-f', 'qcow2', '-O', 'raw', 'out', 'back'], { timeoutMs: 20_000, cwd: directory });
  expect((await readFile(join(directory, 'back'))).subarray(0, 5).toString()).toBe('hello');
});

const image = {
  name: '',
  containerFormat: 'bare' as const,
  minDiskGb: 0,
  minRamMb: 0,
  properties: {},
  sizeBytes: 1,
  virtualSizeBytes: null,
  hash: createHash('sha512').digest('hex'),
};

/** The first bytes of a file. */
async function start(file: string): Promise<string> {
  const handle = await open(file, 'r');
  const { buffer } = await handle.read(Buffer.alloc(3), 0, 3, 0);
  await handle.close();
  return buffer.toString();
}

const from = (id: string) => ({
  kind: 'image' as const,
  image: { url: '', token: '', image: { ...image, id: asId<ImageId>(id), diskFormat: 'qcow2' as const } },
});
