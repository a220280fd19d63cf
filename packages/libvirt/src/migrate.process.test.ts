import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { areInstalled, type PrivateDaemon, startDaemon } from '../test/private-daemon.ts';
import { connect, type Domain, type Libvirt, type TypedParam } from './index.ts';

const uuid = '7f4d3c52-0f6a-4c5a-9d8e-2b1a0c9d8e7f';
const guestXml = `<domain type='qemu'><name>walker</name><uuid>${uuid}</uuid><memory unit='MiB'>32</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <devices><video><model type='vga'/></video><memballoon model='none'/></devices></domain>`;

describe.skipIf(!areInstalled('libvirtd', 'qemu-system-x86_64'))('two real daemons with QEMU', () => {
  const daemons: PrivateDaemon[] = [];
  const hosts: Libvirt[] = [];
  let guest: Domain;

  beforeAll(async () => {
    for (const host of ['a', 'b']) {
      // They would take each other for the same host.
      const daemon = await startDaemon(`host_uuid = "00000000-0000-4000-8000-00000000000${host}"`);
      daemons.push(daemon);
      hosts.push(await connect({ socket: daemon.socket, uri: 'qemu:///session' }));
    }
  });
  afterAll(async () => {
    for (const host of hosts) {
      await host.destroy(guest).catch(() => undefined);
      await host.close();
    }
    for (const daemon of daemons) await daemon.stop();
  });

  const [from, to] = [() => hosts[0] as Libvirt, () => hosts[1] as Libvirt];
  const move = (more: readonly TypedParam[] = [], flags: readonly 'postcopy'[] = []) => {
    const { socket = '', directory = '' } = daemons[1] ?? {};
    const target: TypedParam = { field: 'migrate_uri', type: 'string', value: `unix://${join(directory, 'run/in.sock')}` };
    return from().migrate(
      guest,
      `qemu+unix:///session?socket=${socket}`,
      [target, ...more],
      ['live', 'peer2peer', 'persist-destination', 'undefine-source', ...flags],
    );
  };
  /** As slow as it can be, in MiB a second. */
  const slowly: TypedParam = { field: 'bandwidth', type: 'ullong', value: 1n };
  const underWay = async () => {
    for (;;) {
      const { type, stats } = await from().jobStats(guest);
      if (type === 'unbounded' && (stats['memory_total'] ?? 0) !== 0) return stats;
      await delay(20);
    }
  };

  test('a migration tells how far it is, and is aborted', async () => {
    guest = await from().create(await from().define(guestXml));
    expect((await from().jobStats(guest)).type).toBe('none');
    const moved = move([slowly]);
    moved.catch(() => {});
    expect(await underWay()).toMatchObject({ memory_remaining: expect.any(BigInt), memory_total: expect.any(BigInt) });
    await from().migrateSetMaxDowntime(guest, 1);
    await expect(from().migrateStartPostCopy(guest)).rejects.toMatchObject({ code: 'operation-invalid' });
    await from().abortJob(guest);
    await expect(moved).rejects.toMatchObject({ code: 'operation-aborted' });
    expect(await from().state(guest)).toMatchObject({ state: 'running' });
    await expect(to().lookupByUuid(uuid)).rejects.toMatchObject({ code: 'no-domain' });
  });

  test('a guest goes to another daemon, and is defined there only', async () => {
    await move();
    await expect(from().lookupByUuid(uuid)).rejects.toMatchObject({ code: 'no-domain' });
    const there = await to().lookupByUuid(uuid);
    expect([await to().state(there), await to().isPersistent(there)]).toEqual([{ state: 'running', reason: 'migrated' }, true]);
  });

  test('a processor is compared with that of the host', async () => {
    const [cpu = ''] = /<cpu>[^]*?<\/cpu>/.exec(await from().capabilities()) ?? [];
    expect(await from().compareCpu(cpu)).toBe('identical');
  });
});
