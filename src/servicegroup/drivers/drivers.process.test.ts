// One contract for every driver, on its real server: who is alive counts as up whatever happens to the server, and who dies counts as down.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import type { Engine } from '../../../test/support/engine-process.ts';
import { serviceGroupEnginesMissing, startMemcached, startZooKeeper } from '../../../test/support/service-group-engines.ts';
import { DOWN_AFTER_SECONDS, type GroupProcess, joinableGroup } from '../../../test/support/service-groups.ts';
import { type Clock, systemClock } from '../../lib/clock/clock.ts';
import { systemIds } from '../../lib/clock/ids.ts';
import type { Member } from '../driver.ts';
import { changeService, findService } from '../../db/stores/hosts/services.ts';

const missing = serviceGroupEnginesMissing();
const MEMBER = new URL('../../../test/support/group-member.ts', import.meta.url).pathname;

const newMembers = (count: number, binary = 'nova-network'): Member[] =>
  Array.from({ length: count }, () => ({ binary, host: `host-${systemIds.hex(4)}` }));

const ups = async (judge: GroupProcess, members: readonly Member[]) => await Promise.all(members.map((member) => judge.group.isUp(member)));

/** What may happen to a server. */
const harms = {
  'is killed and restarted': async (server: Engine) => {
    await server.kill9();
    await systemClock.sleep(1_500);
    await server.start();
  },
  'hangs for longer than a session lasts': async (server: Engine) => {
    server.freeze();
    await systemClock.sleep(4_000);
    server.thaw();
  },
  'forgets everything': async ({ address }: Engine) => {
    const socket = connect(Number(address.split(':')[1]), '127.0.0.1');
    socket.end('flush_all\r\n');
    await once(socket.resume(), 'close');
  },
};

describe.skipIf(missing !== undefined && process.env['CI'] !== 'true').each([
  { kind: 'db', start: async () => undefined },
  { kind: 'mc', start: startMemcached },
  { kind: 'zk', start: startZooKeeper },
])(`a service group in $kind${missing ? ` (${missing})` : ''}`, ({ kind, start }) => {
  let database: TestDatabase;
  let server: Engine | undefined;
  const open: GroupProcess[] = [];
  const ends: AbortController[] = [];
  beforeAll(async () => {
    [database, server] = await Promise.all([createTestDatabase(), start()]);
  });
  afterEach(async () => {
    for (const end of ends.splice(0)) end.abort();
    await Promise.all(open.splice(0).map((one) => one.close()));
  });
  afterAll(async () => {
    await server?.stop();
    await database?.drop();
  });

  const anotherProcess = (clock?: Clock): GroupProcess => {
    const made = joinableGroup(kind, server?.address ?? '', database.db, clock);
    open.push(made);
    return made;
  };
  const join = async (one: GroupProcess, members: readonly Member[]): Promise<void> => {
    const end = new AbortController();
    ends.push(end);
    await one.group.join(members, end.signal);
    await one.present(members);
  };
  const recorded = async (member: Member) => (await findService(database.db, member)) ?? expect.fail('it is not recorded');
  const verdictBy = async (judge: GroupProcess, member: Member) => (await judge.group.judge([await recorded(member)]))[0];

  test('who joined is up for every other process; who never did is not', async () => {
    const [one, judge] = [anotherProcess(), anotherProcess()];
    const [member] = newMembers(1);
    if (!member) return;
    await join(one, [member]);
    expect(await ups(judge, [member, ...newMembers(1)])).toEqual([true, false]);
    expect(await verdictBy(judge, member)).toMatchObject({ isUp: true });
  });

  test('several services of a process share its session; an operator can force one of them down', async () => {
    const [one, judge] = [anotherProcess(), anotherProcess()];
    const both = [...newMembers(1, 'nova-scheduler'), ...newMembers(1, 'nova-conductor')];
    for (const member of both) await join(one, [member]);
    expect(await ups(judge, both)).toEqual([true, true]);
    const [first] = both;
    if (first) await changeService(database.db, (await recorded(first)).id, { forcedDown: true });
    expect(await ups(judge, both)).toEqual([false, true]);
    expect(first && (await verdictBy(judge, first))).toMatchObject({ reason: 'forced down by an operator' });
  });

  test('a process that is killed counts as down in time, with the reason, and is up again as soon as it is back', async () => {
    const judge = anotherProcess();
    const members = newMembers(2);
    const [member] = members;
    if (!member) return;
    const startMember = async () => {
      const child = spawn(process.execPath, [MEMBER, kind, server?.address ?? '', database.url, ...members.map(({ host }) => host)]);
      await once(child.stdout, 'data');
      return child;
    };
    const first = await startMember();
    expect(await ups(judge, members)).toEqual([true, true]);
    first.kill('SIGKILL');
    const diedMs = systemClock.monotonicMs();
    await expect.poll(() => ups(judge, members), { timeout: (DOWN_AFTER_SECONDS + 3) * 1000, interval: 100 }).toEqual([false, false]);
    // ZooKeeper ends a session earlier than a heartbeat is missed.
    if (kind === 'zk') expect(systemClock.monotonicMs() - diedMs).toBeLessThan(DOWN_AFTER_SECONDS * 1000);
    expect(await verdictBy(judge, member)).toMatchObject({ isUp: false, reason: kind === 'db' ? /no heartbeat/ : /not in/ });
    const second = await startMember();
    await expect.poll(() => ups(judge, members), { timeout: 2_000 }).toEqual([true, true]);
    second.kill('SIGKILL');
  });

  test('hosts whose clocks are hours apart agree', async () => {
    const skewed: Clock = { ...systemClock, now: () => new Date(systemClock.now().getTime() + 7_200_000) };
    const [one, judge] = [anotherProcess(skewed), anotherProcess()];
    const members = newMembers(1);
    await join(one, members);
    expect(await ups(judge, members)).toEqual([true]);
  });

  test('a thousand members are judged at once', async () => {
    const [one, judge] = [anotherProcess(), anotherProcess()];
    const members = newMembers(1_000);
    await join(one, members);
    const rows = members.map((member) => ({ ...member, silentSeconds: 0, forcedDown: false }));
    const startMs = systemClock.monotonicMs();
    const judged = await judge.group.judge(rows);
    expect(judged.filter(({ isUp, reason }) => isUp && reason === undefined)).toHaveLength(1_000);
    expect(systemClock.monotonicMs() - startMs).toBeLessThan(2_000);
  });

  // ZooKeeper cannot be told to forget.
  const possible = Object.entries(harms).filter(([harm]) => kind === 'mc' || harm !== 'forgets everything');
  if (kind !== 'db')
    test.each(possible)('a server that %s makes no live member look dead, and no dead one alive', async (what, harm) => {
      if (!server) return;
      const [one, judge] = [anotherProcess(), anotherProcess()];
      const members = newMembers(20);
      await join(one, members);
      expect(await ups(judge, members)).not.toContain(false);
      const [member] = members;
      if (!member) return;
      const seen: (readonly { readonly isUp: boolean; readonly reason?: string }[])[] = [];
      const watch = new AbortController();
      const watching = (async () => {
        while (!watch.signal.aborted) {
          seen.push(await judge.group.judge(await Promise.all(members.map(recorded))));
          await systemClock.sleep(100);
        }
      })();
      await harm(server);
      await expect.poll(() => verdictBy(judge, member), { timeout: 15_000 }).not.toHaveProperty('reason');
      await systemClock.sleep(2_000);
      watch.abort();
      await watching;
      expect(seen.flat().filter(({ isUp }) => !isUp)).toEqual([]);
      // Members are back before the next look where only keys were lost.
      if (what !== 'forgets everything')
        expect(seen.flat().map(({ reason = '' }) => reason)).toContainEqual(expect.stringMatching(/^unknown: /));
      const [gone] = newMembers(1);
      expect(gone && (await judge.group.isUp(gone))).toBe(false);
    });

  if (kind !== 'db')
    test('a member that was away is told when it is back', async () => {
      if (!server) return;
      const one = anotherProcess();
      const members = newMembers(2);
      const end = new AbortController();
      ends.push(end);
      const returned: (readonly Member[])[] = [];
      void one.presence?.keep(members, end.signal, (back) => returned.push(back));
      await one.present(members);
      expect(returned).toEqual([]);
      server.freeze();
      await systemClock.sleep(5_000);
      server.thaw();
      await expect.poll(() => returned.flat(), { timeout: 10_000 }).toEqual(members);
    });

  if (kind !== 'db')
    test('while a server hangs, judging takes no longer than once', async () => {
      if (!server) return;
      const [one, judge] = [anotherProcess(), anotherProcess()];
      const members = newMembers(1);
      await join(one, members);
      expect(await ups(judge, members)).toEqual([true]);
      server.freeze();
      await systemClock.sleep(1_100);
      await ups(judge, members);
      for (let turn = 0; turn < 10; turn += 1) {
        const startMs = systemClock.monotonicMs();
        expect(await ups(judge, members)).toEqual([true]);
        expect(systemClock.monotonicMs() - startMs).toBeLessThan(500);
        await systemClock.sleep(200);
      }
      server.thaw();
    });

  if (kind === 'mc')
    test('of two servers one may hang or die, and nothing is unknown', async () => {
      if (!server) return;
      const second = await startMemcached();
      const both = { kind, address: `${server.address},${second.address}` };
      const [one, judge] = [both, both].map(({ kind: driver, address }) => joinableGroup(driver, address, database.db));
      if (!one || !judge) return;
      open.push(one, judge);
      const members = newMembers(5);
      await join(one, members);
      expect(await ups(judge, members)).not.toContain(false);
      for (const harm of [() => second.freeze(), () => second.kill9()]) {
        await harm();
        // Longer than keys live, and than its rest.
        for (let turn = 0; turn < 9; turn += 1) {
          await systemClock.sleep(500);
          const judged = await judge.group.judge(await Promise.all(members.map(recorded)));
          expect(judged.filter(({ isUp }) => !isUp)).toEqual([]);
          if (turn > 6) expect(judged.map(({ reason }) => reason)).toEqual(members.map(() => undefined));
        }
      }
      await second.stop();
    });
});
