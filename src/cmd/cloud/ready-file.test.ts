import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { endpointsOf, readyFileOf, writeReadyFile } from './ready-file.ts';

test('programs of one kind that get ready at the same moment do not overwrite each other’s files', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'nova-ready-'));
  const files = ['east', 'west'].map((host) => readyFileOf({ stateDir, service: 'compute', host: host }));
  await Promise.all(files.map((file) => writeReadyFile(file, { startedAt: '', endpoints: {} })));
  expect((await readdir(stateDir)).toSorted()).toEqual(['ready-compute-east.json', 'ready-compute-west.json']);
  await rm(stateDir, { recursive: true });
});

test('a whole cloud in one process uses a well-known file name', () => {
  expect(readyFileOf({ stateDir: '/state', service: 'all', host: 'east' })).toBe('/state/ready.json');
});

test('a file that a killed program left makes no other program ready, even one with its process id', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'nova-ready-'));
  const endpoints = { compute: 'http://127.0.0.1:8774' };
  const killed = { service: 'all', host: 'h', pid: process.pid, startedAt: '2026-01-01T00:00:00.000Z' };
  await writeReadyFile(readyFileOf({ ...killed, stateDir }), { startedAt: killed.startedAt, endpoints });
  expect(await endpointsOf(stateDir, killed)).toEqual(endpoints);
  expect(await endpointsOf(stateDir, { ...killed, startedAt: '2026-01-02T00:00:00.000Z' })).toBeUndefined();
  expect(await endpointsOf(stateDir, { ...killed, pid: 1 })).toBeUndefined();
  await rm(stateDir, { recursive: true });
});
