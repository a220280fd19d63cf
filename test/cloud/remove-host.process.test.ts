import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/lib/clock/clock.ts';
import { uplinkOf } from '../../src/network/host/drivers/flat-dhcp/uplink.ts';
import { hostLayout } from '../../src/virt/libvirt/private-host/layout.ts';
import { processesIn } from '../../src/virt/libvirt/private-host/network-namespace.ts';
import { privateHostRequirements } from '../../src/virt/libvirt/private-host/requirements.ts';
import { query } from '../support/books.ts';
import { type Cloud, newStateDir, removeState, startCloud } from '../support/cloud.ts';
import { verifyCloud } from '../support/verify-cloud.ts';

const PROGRAM = new URL('../../bin/nova-ts', import.meta.url).pathname;
const requirements = await privateHostRequirements();
const canBeReal = requirements.ok || process.env['CI'] === 'true';

/** More than a removal takes on a busy machine. */
const REMOVAL_LIMIT_MS = 90_000;

const TABLES = ['services', 'compute_nodes', 'inventories', 'placements'];

/** A host of each kind that is there to be removed. */
const kinds = [
  { kind: 'a simulated host', host: 'sim', env: {}, runs: true },
  { kind: 'a private host', host: 'hv', env: { NOVA_VIRT_DRIVER: 'libvirt', NOVA_LIBVIRT_DAEMON: 'private' }, runs: canBeReal },
];

// Fault 2026-11 C9.
describe.each(kinds)('$kind', ({ host, env, runs }) => {
  let stateDir: string;
  let cloud: Cloud;
  let config: string;
  const layout = () => hostLayout({ name: host, directory: join(stateDir, 'hosts', host) });

  function manage(...args: readonly string[]): ChildProcess {
    const own = Object.entries(process.env).filter(([name]) => !name.startsWith('NOVA_'));
    return spawn(PROGRAM, ['manage', ...args], {
      env: { ...Object.fromEntries(own), NOVA_STATE_DIR: stateDir, NOVA_CONFIG: config },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }
  async function removal(...args: readonly string[]): Promise<{ status: number | null; said: string; refused: string }> {
    const child = manage('remove-host', ...args);
    const { stdout, stderr } = child;
    if (!stdout || !stderr) throw new Error('unreachable: both are pipes');
    const limit = new AbortController();
    const late = systemClock.sleep(REMOVAL_LIMIT_MS, limit.signal).then(
      () => execFileSync('ps', ['-o', 'pid,ppid,wchan:20,etimes,args', '-e', '--forest'], { encoding: 'utf8' }),
      () => '',
    );
    const ended = Promise.all([once(child, 'exit'), text(stdout), text(stderr)]);
    const first = await Promise.race([ended, late]);
    limit.abort();
    if (typeof first === 'string')
      throw new Error(`a removal has not ended after ${REMOVAL_LIMIT_MS} ms (status ${child.exitCode})\n${first}`);
    const [[status], said, refused] = first;
    return { status, said, refused };
  }
  /** A cloud whose only host has this name. */
  const cloudWith = (name: string, more: Readonly<Record<string, string>>) =>
    startCloud({ stateDir, env: { NOVA_HOST: name, NOVA_CONFIG: config, ...more } });
  const rowsOf = async (): Promise<object[]> => {
    const found = TABLES.map((table) => query(cloud, `select '${table}' as table, host from ${table} where host = $1`, [host]));
    return (await Promise.all(found)).flat();
  };

  beforeAll(async () => {
    stateDir = await newStateDir();
    config = join(stateDir, 'test.conf');
    await writeFile(config, '[DEFAULT]\nreport_interval = 1\nservice_down_time = 5\n');
  });
  afterAll(async () => {
    await cloud?.destroy();
    await removeState(stateDir);
  });

  test.runIf(runs)(
    'is removed whole once it has no servers and has stopped, even if the removal is killed',
    async () => {
      cloud = await cloudWith(host, env);
      const demo = await cloud.demo();
      const id = await demo.boot({ name: 'tenant' });
      expect(await demo.settled(id, 90_000)).toMatchObject({ status: 'ACTIVE' });
      expect(await removal(host, '--yes')).toMatchObject({
        status: 1,
        refused: expect.stringContaining(`${id}  tenant (active, on the host)`),
      });
      await cloud.stop();

      cloud = await cloudWith('other', {});
      const later = await cloud.demo();
      await later.remove(id);
      expect(await removal('other', '--yes')).toMatchObject({ status: 1, refused: expect.stringContaining('stop it first') });
      expect(await removal('no/host', '--yes')).toMatchObject({ status: 1, refused: 'nova-ts: "no/host" cannot be the name of a host\n' });
      const beganMs = systemClock.monotonicMs();
      expect(await removal(host)).toMatchObject({ status: 2, refused: expect.stringContaining('say --yes') });
      const untilAskedMs = systemClock.monotonicMs() - beganMs;
      expect(await rowsOf()).not.toEqual([]);

      for (const part of [0.7, 0.8, 0.9, 1, 1.1]) {
        const killed = manage('remove-host', host, '--yes');
        const ended = once(killed, 'exit');
        await Promise.race([ended, systemClock.sleep(part * untilAskedMs)]);
        killed.kill('SIGKILL');
        await ended;
      }
      expect(await removal(host, '--yes')).toMatchObject({ status: 0, refused: '' });
      expect(await rowsOf()).toEqual([]);
      expect([layout().directory, layout().netnsFile, layout().runDirectory].filter(existsSync)).toEqual([]);
      if (canBeReal)
        expect(execFileSync('nft', ['list', 'tables', 'ip'], { encoding: 'utf8' })).not.toContain(uplinkOf(layout().netns).table);
      expect(await processesIn(layout())).toEqual([]);
      expect(await verifyCloud(cloud)).toMatchObject({ status: 0, breaches: [] });
      const again = await removal(host, '--yes');
      expect(again).toEqual({ status: 0, said: `nothing is left of a host ${host}, here and in the books\n`, refused: '' });
      const next = await later.boot({ name: 'next' });
      expect(await later.settled(next)).toMatchObject({ status: 'ACTIVE' });
    },
    300_000,
  );
});
