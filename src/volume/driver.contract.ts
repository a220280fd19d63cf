/** What every storage backend promises. */
import { stat } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { VolumeDriver } from './driver.ts';

/** A backend under test; `restart` opens it again on the same storage, as after a crash. */
export interface DriverLab {
  readonly driver: VolumeDriver;
  restart(): Promise<VolumeDriver>;
}

const copying = () => ({ signal: new AbortController().signal });
const empty = (volumeId: string, sizeGb = 1) => ({ volumeId, sizeGb, source: { kind: 'empty' as const } });

/** Tests a backend; `open` makes an empty one. */
export function describeVolumeDriver(open: () => Promise<DriverLab>): void {
  test('what is made is listed until it is deleted, also after a restart', async () => {
    const { driver, restart } = await open();
    await driver.create(empty('one'), copying());
    await driver.createSnapshot('shot', 'one', copying());
    expect(await driver.list()).toEqual({ volumes: ['one'], snapshots: ['shot'], exports: [] });
    const again = await restart();
    expect(await again.list()).toEqual({ volumes: ['one'], snapshots: ['shot'], exports: [] });
    await again.deleteSnapshot('shot');
    await again.delete('one');
    expect(await again.list()).toEqual({ volumes: [], snapshots: [], exports: [] });
  });

  test('whatever is repeated changes nothing', async () => {
    const { driver } = await open();
    await driver.create(empty('one'), copying());
    await driver.create(empty('one'), copying());
    await driver.extend('one', 2);
    await driver.extend('one', 2);
    await driver.createSnapshot('shot', 'one', copying());
    await driver.createSnapshot('shot', 'one', copying());
    for (const id of ['shot', 'shot']) await driver.deleteSnapshot(id);
    for (const id of ['one', 'one', 'never']) await driver.delete(id);
    expect(await driver.list()).toEqual({ volumes: [], snapshots: [], exports: [] });
  });

  test('volumes are made of volumes and of snapshots, which then are not needed any more', async () => {
    const { driver } = await open();
    await driver.create(empty('one'), copying());
    await driver.createSnapshot('shot', 'one', copying());
    await driver.create({ volumeId: 'clone', sizeGb: 2, source: { kind: 'volume', volumeId: 'one' } }, copying());
    await driver.create({ volumeId: 'restored', sizeGb: 1, source: { kind: 'snapshot', snapshotId: 'shot' } }, copying());
    await driver.deleteSnapshot('shot');
    await driver.delete('one');
    expect((await driver.list()).volumes.toSorted()).toEqual(['clone', 'restored']);
    for (const id of ['clone', 'restored']) await driver.delete(id);
  });

  test('work on what is not there fails', async () => {
    const { driver } = await open();
    await expect(driver.extend('never', 2)).rejects.toMatchObject({ code: 'VolumeDataMissing' });
    await expect(driver.createSnapshot('shot', 'never', copying())).rejects.toMatchObject({ code: 'VolumeDataMissing' });
    await expect(
      driver.create({ volumeId: 'x', sizeGb: 1, source: { kind: 'snapshot', snapshotId: 'never' } }, copying()),
    ).rejects.toMatchObject({ code: 'VolumeDataMissing' });
    expect(await driver.list()).toEqual({ volumes: [], snapshots: [], exports: [] });
  });

  test('a connection answers the same until it ends, also after a restart', async () => {
    const { driver, restart } = await open();
    await driver.create(empty('one'), copying());
    const wanted = { attachmentId: '1a', volumeId: 'one', readOnly: false, connector: {} };
    const connected = await driver.connect(wanted);
    expect(await driver.connect(wanted)).toEqual(connected);
    await driver.connect({ ...wanted, attachmentId: 'b', readOnly: true });
    const again = await restart();
    expect(await again.connect(wanted)).toEqual(connected);
    expect([...(await again.exports())].toSorted((x, y) => x.attachmentId.localeCompare(y.attachmentId))).toEqual([
      { attachmentId: '1a', volumeId: 'one' },
      { attachmentId: 'b', volumeId: 'one' },
    ]);
    for (const id of ['1a', '1a', 'b']) await again.disconnect(id, 'one');
    expect(await again.exports()).toEqual([]);
    await again.delete('one');
  });

  test('the data of a volume and of a snapshot is lent, and that of nothing is not', async () => {
    const { driver } = await open();
    await driver.create(empty('one'), copying());
    await driver.createSnapshot('shot', 'one', copying());
    for (const of of [{ kind: 'volume', id: 'one' } as const, { kind: 'snapshot', id: 'shot' } as const])
      expect(await driver.lend(of, copying(), async ({ file }) => (await stat(file)).isFile())).toBe(true);
    const missing = driver.lend({ kind: 'snapshot', id: 'never' }, copying(), async () => true);
    await expect(missing).rejects.toMatchObject({ code: 'VolumeDataMissing' });
    await driver.deleteSnapshot('shot');
    await driver.delete('one');
  });
}
