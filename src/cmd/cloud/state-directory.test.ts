import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startMark } from '../../db/embedded/process-table.ts';
import { systemClock } from '../../lib/clock/clock.ts';
import { systemIds } from '../../lib/clock/ids.ts';
import { Lifetime } from '../../lib/clock/lifetime.ts';
import { silentLog } from '../../lib/log/log.ts';
import { asId, type HostName } from '../../objects/ids.ts';
import { loadNovaConfig } from '../nova-config.ts';
import type { Runtime } from './runtime.ts';
import { takeStateDirectory } from './state-directory.ts';

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'nova-state-'));
});
afterEach(() => rm(stateDir, { recursive: true, force: true }));

const program = (service: string, host = 'h'): Runtime => ({
  service,
  config: loadNovaConfig({ machine: { isRoot: false, hostname: host }, env: {} }),
  stateDir,
  host: asId<HostName>(host),
  log: silentLog,
  clock: systemClock,
  ids: systemIds,
  life: new Lifetime(silentLog),
});

/** Makes the parent process look like a program of the cloud. */
async function parentRuns(service: string, mark?: string): Promise<void> {
  await takeStateDirectory(program('before')).then(() => rm(join(stateDir, 'running', `${process.pid}.json`)));
  const note = { service, host: 'h', pid: process.ppid, mark: mark ?? (await startMark(process.ppid)) };
  await writeFile(join(stateDir, 'running', `${process.ppid}.json`), JSON.stringify(note));
}

test('a directory is recorded as used until the program ends', async () => {
  const all = program('all');
  await takeStateDirectory(all);
  expect(await readdir(join(stateDir, 'running'))).toEqual([`${process.pid}.json`]);
  await all.life.end();
  expect(await readdir(join(stateDir, 'running'))).toEqual([]);
});

test.each([
  ['all', 'all'],
  ['all', 'compute'],
  ['compute', 'all'],
  ['compute', 'compute'],
])('while nova-ts %s uses it, nova-ts %s is refused for the same host', async (running, service) => {
  await parentRuns(running);
  await expect(takeStateDirectory(program(service))).rejects.toThrow(
    `${running} (process ${process.ppid}) uses the state directory ${stateDir}: stop it first`,
  );
  expect(await readdir(join(stateDir, 'running'))).toEqual([`${process.ppid}.json`]);
});

test('other services, and the same service for other hosts, share a directory', async () => {
  await parentRuns('compute');
  await takeStateDirectory(program('network'));
  await takeStateDirectory(program('compute', 'other'));
});

test('a dead program does not block the directory', async () => {
  await parentRuns('all', 'started long ago');
  await takeStateDirectory(program('all'));
});

test('an impossible directory is refused by name', async () => {
  const file = join(stateDir, 'file');
  await writeFile(file, '');
  const runtime = { ...program('all'), stateDir: file };
  await expect(takeStateDirectory(runtime)).rejects.toThrow(`the state directory ${file} cannot be used (ENOTDIR`);
});

const full = async () => ({ freeMb: 0, totalMb: 20 });

// Fault 2026-11 B7.
test('a directory on a full disk is refused with the space that is left', async () => {
  await expect(takeStateDirectory(program('all'), full)).rejects.toThrow(
    `the state directory ${stateDir} cannot be used (no space left on ${stateDir}: 0 of 20 MB free); NOVA_STATE_DIR names another`,
  );
  expect(await readdir(join(stateDir, 'running'))).toEqual([]);
});

test('a directory whose parents are missing is created, and the real reason is told where it cannot be', async () => {
  await takeStateDirectory({ ...program('all'), stateDir: join(stateDir, 'a', 'b') });
  // The kernel lets nobody create directories there.
  const runtime = { ...program('all'), stateDir: '/proc/self/fdinfo/a/b' };
  await expect(takeStateDirectory(runtime)).rejects.toThrow(
    /cannot be used \(E(NOENT|ACCES|PERM|ROFS): .*, mkdir '\/proc\/self\/fdinfo\/a'\)/,
  );
});
