import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectSocket } from 'node:net';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { areInstalled, type PrivateDaemon, startDaemon } from '../test/private-daemon.ts';
import { systemClock } from './clock.ts';
import { connect, type Domain, type EventOf, type Libvirt } from './index.ts';
import { handshake, keepaliveFeature } from './protocol/handshake.ts';
import { Connection } from './wire/connection.ts';
import { invoke } from './wire/invoke.ts';

const uri = 'test:///default';
const guestXml = (name: string): string =>
  `<domain type='test'><name>${name}</name><memory unit='KiB'>65536</memory><vcpu>1</vcpu><os><type>hvm</type></os></domain>`;

describe.skipIf(!areInstalled('libvirtd'))('a real daemon with the test driver', () => {
  let daemon: PrivateDaemon;
  let libvirt: Libvirt;

  beforeAll(async () => {
    daemon = await startDaemon();
  });
  afterAll(() => daemon.stop());
  beforeEach(async () => {
    libvirt = await connect({ socket: daemon.socket, uri });
  });
  afterEach(() => libvirt.close());

  test('says what it is and what the host has', async () => {
    expect(await libvirt.uri()).toBe(uri);
    expect(await libvirt.hypervisorType()).toBe('TEST');
    expect(await libvirt.libraryVersion()).toMatch(/^\d+\.\d+\.\d+$/);
    expect(await libvirt.hypervisorVersion()).toBe('0.0.2');
    expect(await libvirt.hostname()).not.toBe('');
    expect(await libvirt.capabilities()).toContain('<capabilities>');
    expect(await libvirt.nodeFreeMemory()).toBeGreaterThan(0);
    expect(await libvirt.nodeInfo()).toEqual({
      model: 'i686',
      memoryKib: 3_145_728,
      cpus: 16,
      mhz: 1400,
      nodes: 2,
      socketsPerNode: 2,
      coresPerSocket: 2,
      threadsPerCore: 2,
    });
  });

  test('finds its guest by list, name, uuid and id, and tells its state', async () => {
    const guest = await libvirt.lookupByName('test');
    expect(await libvirt.domains()).toEqual([guest]);
    expect(await libvirt.domains(['inactive'])).toEqual([]);
    expect(await libvirt.lookupByUuid(guest.uuid.toUpperCase())).toEqual(guest);
    expect(await libvirt.lookupById(guest.id)).toEqual(guest);
    expect(await libvirt.state(guest)).toMatchObject({ state: 'running' });
    expect(await libvirt.info(guest)).toMatchObject({ state: 'running', vcpus: 2, maxMemoryKib: 8_388_608, memoryKib: 2_097_152 });
    expect(await libvirt.domainStats([], ['state'])).toEqual([{ domain: guest, stats: { 'state.state': 1, 'state.reason': 0 } }]);
  });

  test('a guest lives through define, create, suspend, resume, save, destroy and undefine', async () => {
    const guest = await libvirt.define(guestXml('whole-life'));
    expect(guest).toMatchObject({ name: 'whole-life', id: -1 });
    expect(await libvirt.isPersistent(guest)).toBe(true);
    const running = await libvirt.create(guest);
    expect(running.id).toBeGreaterThan(0);
    expect(await libvirt.xml(guest)).toContain(guest.uuid);
    await libvirt.suspend(guest);
    expect(await libvirt.state(guest)).toEqual({ state: 'paused', reason: 'user' });
    await libvirt.resume(guest);
    await libvirt.managedSave(guest);
    expect(await libvirt.hasManagedSave(guest)).toBe(true);
    expect(await libvirt.state(guest)).toEqual({ state: 'shutoff', reason: 'saved' });
    await libvirt.managedSaveRemove(guest);
    expect(await libvirt.hasManagedSave(guest)).toBe(false);
    await libvirt.create(guest);
    await libvirt.reboot(guest);
    await libvirt.reset(guest).catch(() => undefined);
    expect(await libvirt.isActive(guest)).toBe(true);
    await libvirt.setAutostart(guest, true);
    await libvirt.destroy(guest, ['graceful']);
    await libvirt.create(guest);
    await libvirt.shutdown(guest);
    expect(await libvirt.isActive(guest)).toBe(false);
    await libvirt.undefine(guest, ['managed-save']);
    await expect(libvirt.lookupByUuid(guest.uuid)).rejects.toMatchObject({ code: 'no-domain' });
  });

  test('a transient guest is gone when it is destroyed', async () => {
    const guest = await libvirt.createTransient(guestXml('passing'));
    expect(await libvirt.isPersistent(guest)).toBe(false);
    await libvirt.destroy(guest);
    await expect(libvirt.state(guest)).rejects.toMatchObject({ code: 'no-domain' });
  });

  test('errors say what libvirt says: code, number, origin, level, words', async () => {
    await expect(libvirt.lookupByName('nobody')).rejects.toMatchObject({
      code: 'no-domain',
      number: 42,
      origin: 'test',
      level: 'error',
      message: expect.stringContaining('not found'),
    });
    await expect(libvirt.define('<nonsense')).rejects.toMatchObject({ code: 'xml-detail' });
    const guest = await libvirt.lookupByName('test');
    await expect(libvirt.resume(guest)).rejects.toMatchObject({ code: 'internal-error', procedure: 'resume' });
    await expect(libvirt.openConsole(guest)).rejects.toMatchObject({ code: 'no-support' });
    await expect(libvirt.attachDevice(guest, '<disk/>', ['live'])).rejects.toMatchObject({ code: 'no-support' });
    await expect(libvirt.qemuMonitor(guest, 'info status', ['hmp'])).rejects.toMatchObject({ code: 'no-support' });
  });

  test('every one of 200 lifecycle events arrives, in order, and none after stop', async () => {
    const guest = await libvirt.lookupByName('test');
    const seen: EventOf<'lifecycle'>[] = [];
    const subscription = await libvirt.on('lifecycle', (event) => seen.push(event));
    for (let round = 0; round < 100; round++) {
      await libvirt.suspend(guest);
      await libvirt.resume(guest);
    }
    // An event may come after the reply to the call that caused it.
    await vi.waitFor(() => expect(seen).toHaveLength(200));
    await subscription.stop();
    await libvirt.suspend(guest);
    await libvirt.resume(guest);
    expect(seen).toHaveLength(200);
    expect(seen.slice(0, 2)).toEqual([
      { domain: guest, event: 'suspended', detail: 'paused' },
      { domain: guest, event: 'resumed', detail: 'unpaused' },
    ]);
    expect(seen.filter(({ event }, index) => event === (index % 2 === 0 ? 'suspended' : 'resumed'))).toHaveLength(200);
  });

  test('events come to an iteration too, of one guest only where that is wanted, and from other connections', async () => {
    await using other = await connect({ socket: daemon.socket, uri });
    const guest = await other.define(guestXml('watched'));
    const feed = await libvirt.events('lifecycle', guest);
    await other.suspend(await other.lookupByName('test'));
    await other.resume(await other.lookupByName('test'));
    await other.create(guest);
    await other.destroy(guest);
    await other.undefine(guest);
    const seen: string[] = [];
    for await (const { domain, event, detail } of feed) {
      seen.push(`${domain.name} ${event} ${detail}`);
      if (event === 'undefined') break;
    }
    expect(seen).toEqual(['watched started booted', 'watched stopped destroyed', 'watched undefined removed']);
  });

  test('500 calls at once all come back with their own answers', async () => {
    const guests: Domain[] = await Promise.all(Array.from({ length: 20 }, (_, index) => libvirt.define(guestXml(`crowd-${index}`))));
    const answers = await Promise.all(Array.from({ length: 500 }, (_, index) => libvirt.lookupByName(`crowd-${index % 20}`)));
    expect(answers.map(({ uuid }) => uuid)).toEqual(answers.map((_, index) => guests[index % 20]?.uuid));
    await Promise.all(guests.map((guest) => libvirt.undefine(guest)));
  });

  test('a screenshot arrives as a whole picture', async () => {
    const picture = await libvirt.screenshot(await libvirt.lookupByName('test'), 0);
    expect(picture.result).toBe('image/png');
    const bytes = Buffer.concat(await Array.fromAsync(picture));
    expect(bytes.subarray(1, 4).toString()).toBe('PNG');
    expect(bytes.subarray(-8, -4).toString()).toBe('IEND');
  });

  test('a read-only connection may look but not touch', async () => {
    await using readOnly = await connect({ socket: daemon.socket, uri, readOnly: true });
    const guest = await readOnly.lookupByName('test');
    await expect(readOnly.destroy(guest)).rejects.toMatchObject({ code: 'operation-denied' });
  });

  test('close ends what waits, tells why, and can be repeated', async () => {
    const feed = await libvirt.events('lifecycle');
    const waiting = Array.fromAsync(feed);
    await libvirt.close();
    await libvirt.close();
    expect(libvirt.isOpen).toBe(false);
    expect(await libvirt.ended).toMatchObject({ code: 'connection-closed' });
    await expect(waiting).rejects.toMatchObject({ code: 'connection-closed' });
    await expect(libvirt.hostname()).rejects.toMatchObject({ code: 'connection-closed' });
  });

  test('a daemon that is not there, or has no such hypervisor, is an error of connecting', async () => {
    await expect(connect({ socket: `${daemon.directory}/nothing`, uri })).rejects.toMatchObject({
      code: 'connect-failed',
      cause: { code: 'ENOENT' },
    });
    await expect(connect({ socket: daemon.socket, uri: 'nonsense:///' })).rejects.toMatchObject({ code: 'no-connect' });
  });
});

describe.skipIf(!areInstalled('libvirtd'))('a daemon in trouble', () => {
  let daemon: PrivateDaemon;

  beforeEach(async () => {
    daemon = await startDaemon('keepalive_interval = 1', 'keepalive_count = 1');
  });
  afterEach(() => daemon.stop());

  test('killed with calls outstanding: each fails with connection-lost', async () => {
    const libvirt = await connect({ socket: daemon.socket, uri });
    // A stopped daemon cannot answer before it dies.
    daemon.process.kill('SIGSTOP');
    const calls = Promise.allSettled(Array.from({ length: 30 }, () => libvirt.hostname()));
    daemon.process.kill('SIGKILL');
    for (const outcome of await calls) expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'connection-lost' } });
    expect(await libvirt.ended).toMatchObject({ code: 'connection-lost' });
    await expect(libvirt.domains()).rejects.toMatchObject({ code: 'connection-lost' });
  });

  test('frozen: a call ends at its time limit, the connection by missing keepalive answers', async () => {
    const libvirt = await connect({ socket: daemon.socket, uri, keepalive: { intervalMs: 50, misses: 3 } });
    await delay(600);
    expect(libvirt.isOpen).toBe(true);
    daemon.process.kill('SIGSTOP');
    await expect(libvirt.within(20).hostname()).rejects.toMatchObject({ code: 'call-timed-out' });
    expect(await libvirt.ended).toMatchObject({ code: 'connection-lost', message: expect.stringContaining('no keepalive answer') });
  });

  test('its own keepalive requests are answered and keep the connection', async () => {
    const socket = connectSocket(daemon.socket);
    await once(socket, 'connect');
    const connection = new Connection(socket, systemClock);
    const manner = { name: 'test', timeoutMs: 5000 };
    await invoke(connection, handshake.authList, [], manner);
    await invoke(connection, handshake.open, [uri, false], manner);
    expect(await invoke(connection, handshake.supportsFeature, [keepaliveFeature], manner)).toBe(1);
    const heard = connection.packetsHeard;
    // It asks every second and gives up at the second silence.
    await delay(3500);
    expect(connection.packetsHeard).toBeGreaterThan(heard + 1);
    expect(connection.isOpen).toBe(true);
    socket.destroy();
    await connection.ended;
  });
});
