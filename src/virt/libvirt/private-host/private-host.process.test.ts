import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../../lib/clock/clock.ts';
import { isIdOf } from '../../../lib/accounts/account.ts';
import { silentLog } from '../../../lib/log/log.ts';
import { daemonAnswers, launchDaemon } from './daemon.ts';
import { writeHostFiles } from './host-files.ts';
import { type PrivateHost, startPrivateHost } from './private-host.ts';
import { hostLayout } from './layout.ts';
import { processesIn } from './network-namespace.ts';
import { privateHostRequirements } from './requirements.ts';

const requirements = await privateHostRequirements();
const cannotRun = !requirements.ok && process.env['CI'] !== 'true';
if (cannotRun) process.stderr.write(`private host: skipped. ${requirements.missing}\n`);

const run = promisify(execFile);
type Place = Pick<PrivateHost, 'libvirtUri'>;
const virsh = async (host: Place, ...args: string[]): Promise<string> =>
  (await run('virsh', ['--quiet', '-c', host.libvirtUri, ...args])).stdout.trim();

const module = (path: string) => JSON.stringify(join(import.meta.dirname, path));

/** A guest that needs no disk: it stays in its firmware. */
const domain =
  '<domain type="qemu"><name>still</name><memory unit="MiB">32</memory><os><type arch="x86_64" machine="pc">hvm</type></os></domain>';

describe.skipIf(cannotRun)('a private host', () => {
  let directory: string;
  const start = (name = 'hv1') => startPrivateHost({ name, directory: join(directory, name), clock: systemClock, log: silentLog });
  const layout = (name = 'hv1') => hostLayout({ name, directory: join(directory, name) });
  const daemonPid = async () => Number(await readFile(layout().pidFile, 'utf8'));

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nova-ts-hosts-'));
  });
  afterAll(async () => {
    for (const name of ['hv1', 'hv2']) await (await start(name)).stop({ guests: 'destroy' });
    await rm(directory, { recursive: true });
  });

  test('starts empty, under its own name, in a network of its own', async () => {
    const host = await start();
    expect(await virsh(host, 'list', '--all')).toBe('');
    expect(await virsh(host, 'hostname')).toBe('hv1');
    expect((await run('ip', ['-n', host.netns, '-o', 'link'])).stdout.trim().split('\n')).toHaveLength(1);
  });

  const usersOfGuests = async () => {
    const pids = await processesIn(layout());
    const texts = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/status`, 'utf8')));
    return texts.filter((text) => /^Name:\s*qemu/.test(text)).map((text) => Number(/^Uid:\s*(\d+)/m.exec(text)?.[1]));
  };
  const create = async (host: Place, name: string) => {
    const file = join(directory, `${name}.xml`);
    await writeFile(file, domain.replace('still', name));
    await virsh(host, 'create', file);
  };

  // Fault 2026-11 B8.
  test('runs its guests under a user id of its own, which it does not warn of', async () => {
    const warnings: string[] = [];
    const log = pino({ level: 'warn' }, { write: (line) => void warnings.push(line) });
    const host = await startPrivateHost({ name: 'hv1', directory: join(directory, 'hv1'), clock: systemClock, log });
    expect(warnings).toEqual([]);
    await create(host, 'own');
    const [user = 0] = await usersOfGuests();
    expect(isIdOf('qemu', user)).toBe(true);
    await virsh(host, 'destroy', 'own');
  });

  // Fault 2026-11 B8.
  test('keeps a guest that an earlier release runs as root, and starts the next one under its own user id', async () => {
    const root = { kind: 'root', because: 'the release did' } as const;
    await (await start()).stop({ guests: 'keep' });
    await writeHostFiles(layout(), root);
    await daemonAnswers(layout(), systemClock, await launchDaemon(layout(), root));
    await create({ libvirtUri: `qemu+unix:///system?socket=${layout().libvirtSocket}` }, 'old');
    expect(await usersOfGuests()).toEqual([0]);
    const host = await start();
    await create(host, 'new');
    expect((await usersOfGuests()).toSorted((a, b) => a - b)).toEqual([0, expect.toSatisfy((user: number) => isIdOf('qemu', user))]);
    for (const action of ['suspend', 'resume', 'reset', 'destroy']) await virsh(host, action, 'old');
    await virsh(host, 'destroy', 'new');
    expect(await virsh(host, 'list', '--all')).toBe('');
  });

  test('is taken over by a second start while it runs', async () => {
    await start();
    const before = await daemonPid();
    await start();
    expect(await daemonPid()).toBe(before);
  });

  test('keeps its guests when its libvirtd dies or is stopped', async () => {
    const host = await start();
    await create(host, 'still');
    process.kill(await daemonPid(), 'SIGKILL');
    const again = await start();
    expect(await virsh(again, 'list', '--name', '--state-running')).toBe('still');
    await again.stop({ guests: 'keep' });
    // The parent of libvirtd ends a moment after it.
    await expect.poll(() => processesIn(layout()), { timeout: 5_000 }).toHaveLength(1);
    expect(await virsh(await start(), 'list', '--name', '--state-running')).toBe('still');
  });

  test('survives the program that started it', async () => {
    await (await start()).stop({ guests: 'keep' });
    const program = `
      import { startPrivateHost } from ${module('private-host.ts')};
      import { systemClock } from ${module('../../../lib/clock/clock.ts')};
      import { silentLog } from ${module('../../../lib/log/log.ts')};
      await startPrivateHost({ name: 'hv1', directory: ${JSON.stringify(layout().directory)}, clock: systemClock, log: silentLog });
      process.kill(process.pid, 'SIGKILL');`;
    await expect(run(process.execPath, ['--input-type=module', '-e', program])).rejects.toMatchObject({ signal: 'SIGKILL' });
    const before = await daemonPid();
    await start();
    expect(await daemonPid()).toBe(before);
  });

  test('caches the QEMU capabilities for the next host', async () => {
    const host = await start();
    await virsh(host, 'domcapabilities');
    await host.stop({ guests: 'keep' });
    expect(await readdir(layout('hv2').warmCache)).toHaveLength(1);
  });

  test('ignores a pid file that names another process', async () => {
    const host = await start();
    await host.stop({ guests: 'keep' });
    await writeFile(layout().pidFile, `${process.pid}\n`);
    expect(await virsh(await start(), 'hostname')).toBe('hv1');
  });

  test('runs beside others', async () => {
    const [one, two] = await Promise.all([start('hv1'), start('hv2')]);
    expect(one.netns).not.toBe(two.netns);
    expect([await virsh(one, 'hostname'), await virsh(two, 'hostname')]).toEqual(['hv1', 'hv2']);
  });

  test('leaves neither process nor network behind when its guests are destroyed', async () => {
    const host = await start();
    const pids = await processesIn(layout());
    expect(pids.length).toBeGreaterThan(0);
    await host.stop({ guests: 'destroy' });
    expect(existsSync(layout().netnsFile)).toBe(false);
    expect(pids.filter((pid) => existsSync(`/proc/${pid}/ns/net`))).toEqual([]);
    expect(existsSync(layout().runDirectory)).toBe(false);
  });
});
