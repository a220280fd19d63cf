import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { asId, type HostName } from '../../objects/ids.ts';
import { readyFileOf, writeReadyFile } from './ready-file.ts';

test('programs of one kind that get ready at the same moment do not overwrite each other’s files', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'nova-ready-'));
  const files = ['east', 'west'].map((host) => readyFileOf({ stateDir, service: 'compute', host: asId<HostName>(host) }));
  await Promise.all(files.map((file) => writeReadyFile(file, {})));
  expect((await readdir(stateDir)).toSorted()).toEqual(['ready-compute-east.json', 'ready-compute-west.json']);
  await rm(stateDir, { recursive: true });
});

test('a whole cloud in one process uses a well-known file name', () => {
  expect(readyFileOf({ stateDir: '/state', service: 'all', host: asId<HostName>('east') })).toBe('/state/ready.json');
});
