import { mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemIds } from '../../lib/clock/ids.ts';
import { BackupFiles } from '../drivers/files/backup-files.ts';
import { Backups } from './backups.ts';

const CHUNK = 4 * 1024 ** 2;
const copying = () => ({ signal: new AbortController().signal });

let directory = '';
let backups: Backups;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nova-backups-'));
  backups = new Backups(await BackupFiles.open(join(directory, 'store'), systemIds));
});
afterAll(() => rm(directory, { recursive: true }));

/** A sparse file of ten chunks and a bit, with texts at the starts of some. */
async function volume(name: string, texts: Readonly<Record<number, string>>): Promise<string> {
  const file = join(directory, name);
  const handle = await open(file, 'w+');
  await handle.truncate(10 * CHUNK + 100);
  for (const [chunk, text] of Object.entries(texts)) await handle.write(text, Number(chunk) * CHUNK);
  await handle.close();
  return file;
}

async function restored(dataId: string): Promise<Buffer> {
  const file = join(directory, `restored-${dataId}`);
  await writeFile(file, '');
  await backups.restore(dataId, file, copying());
  const handle = await open(file, 'r+');
  await handle.truncate(10 * CHUNK + 100);
  await handle.close();
  return await readFile(file);
}

const piecesOf = async (dataId: string): Promise<string[]> => (await readdir(join(directory, 'store', `backup-${dataId}`))).toSorted();

test('a backup has the chunks with data, and gives back every byte', async () => {
  const file = await volume('one', { 0: 'first', 3: 'fourth', 10: 'the last bit' });
  expect(await backups.write({ dataId: 'full' }, { file }, copying())).toEqual({ sizeBytes: 10 * CHUNK + 100, objectCount: 3 });
  expect(await piecesOf('full')).toEqual(['chunk-0', 'chunk-10', 'chunk-3', 'manifest']);
  expect((await restored('full')).equals(await readFile(file))).toBe(true);
});

test('an incremental backup has what differs from its parent, and is restored without other steps', async () => {
  const file = await volume('two', { 0: 'first', 3: 'changed', 5: 'new' });
  const kept = await backups.write({ dataId: 'more', parentDataId: 'full' }, { file }, copying());
  expect([kept.objectCount, await piecesOf('more')]).toEqual([3, ['chunk-3', 'chunk-5', 'manifest']]);
  expect((await restored('more')).equals(await readFile(file))).toBe(true);
  await backups.write({ dataId: 'most', parentDataId: 'more' }, { file }, copying());
  expect(await piecesOf('most')).toEqual(['manifest']);
  expect((await restored('most')).equals(await readFile(file))).toBe(true);
});

test('only the ranges that may have data are read', async () => {
  const file = await volume('three', { 1: 'in', 4: 'out', 10: 'in' });
  const ranges = [
    { from: CHUNK + 10, to: CHUNK + 20 },
    { from: 10 * CHUNK, to: 11 * CHUNK },
  ];
  expect((await backups.write({ dataId: 'ranges' }, { file, ranges }, copying())).objectCount).toBe(2);
});

test('a backup that was killed before its end does not exist, and the next try makes all of it', async () => {
  const file = await volume('four', { 0: 'a', 1: 'b', 2: 'c' });
  const stop = new AbortController();
  const dying = { signal: stop.signal, progress: (percent: number) => void (percent > 10 && stop.abort()) };
  await expect(backups.write({ dataId: 'killed' }, { file }, dying)).rejects.toThrow('abort');
  await expect(backups.find('killed')).rejects.toMatchObject({ code: 'StorageFailed' });
  const later = await volume('four', { 0: 'x', 1: 'b' });
  await backups.write({ dataId: 'killed' }, { file: later }, copying());
  expect((await restored('killed')).equals(await readFile(later))).toBe(true);
  // A repeated task leaves what is whole as it is.
  expect((await backups.write({ dataId: 'killed' }, { file }, copying())).objectCount).toBe(2);
  await backups.remove('killed');
  await backups.remove('killed');
  await expect(backups.find('killed')).rejects.toMatchObject({ code: 'StorageFailed' });
});

test('damaged data and a damaged list are not restored', async () => {
  const file = await volume('five', { 0: 'good' });
  await backups.write({ dataId: 'bad' }, { file }, copying());
  const folder = join(directory, 'store', 'backup-bad');
  await writeFile(join(folder, 'chunk-0'), 'evil');
  await expect(restored('bad')).rejects.toMatchObject({ code: 'StorageFailed' });
  await writeFile(join(folder, 'manifest'), (await readFile(join(folder, 'manifest'), 'utf8')).replace('"number":0', '"number":7'));
  await expect(restored('bad')).rejects.toMatchObject({ code: 'StorageFailed' });
});

test('a store has one id, whoever opens it first, and no name leaves its directory', async () => {
  const opened = await Promise.all(['a', 'b', 'c'].map(() => BackupFiles.open(join(directory, 'shared'), systemIds)));
  expect(new Set(opened.map(({ id }) => id)).size).toBe(1);
  expect(await readdir(join(directory, 'shared'))).toEqual(['store-id']);
  await expect(backups.remove('../one')).rejects.toThrow('no path');
});
