import { expect, test } from 'vitest';
import { ManualClock } from '../../lib/clock/manual-clock.ts';
import { serviceContext } from '../../lib/context/context.ts';
import { errorType } from '../../lib/errors/error-type.ts';
import type { MarshalledError } from '../../lib/errors/marshal.ts';
import { silentLog } from '../../lib/log/log.ts';
import { asId, type ServerId, type TaskId } from '../../objects/ids.ts';
import { TaskRunner } from './task-runner.ts';

const ctx = serviceContext('req-1');
const ImageGone = errorType('ImageGone', 'not-found', (p: { id: string }) => `Image ${p.id} is gone.`);

const taskOf = (name: string, server = 's-1') => ({ taskId: asId<TaskId>(name), serverId: asId<ServerId>(server) });
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** A runner whose reports are kept; `deaf` many of them do not get through first. */
function host(deaf = 0) {
  const clock = new ManualClock();
  const reports: [string, MarshalledError | undefined][] = [];
  let lost = 0;
  const report = async (_ctx: unknown, taskId: TaskId, error: MarshalledError | undefined) => {
    if (lost++ < deaf) throw new Error('nobody listens');
    reports.push([taskId, error]);
  };
  return {
    clock,
    reports,
    runner: new TaskRunner({ isWanted: async (_ctx, taskId) => !taskId.startsWith('stale'), report, clock, log: silentLog }),
  };
}

/** Work that waits for its end, or for being told to stop. */
function work() {
  const { promise, resolve } = Promise.withResolvers<void>();
  let begun = 0;
  const stopped: unknown[] = [];
  const run = async (signal: AbortSignal) => {
    begun += 1;
    const told = new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    await Promise.race([promise, told]).catch((reason: unknown) => {
      stopped.push(reason);
      throw reason;
    });
  };
  return { run, end: resolve, stopped, times: () => begun };
}

test('a task is done once, however often it is asked for, and reported each time', async () => {
  const { runner, reports } = host();
  const job = work();
  const asked = [runner.run(ctx, taskOf('t'), job.run), runner.run(ctx, taskOf('t'), job.run)];
  expect(runner.isBusy(asId<ServerId>('s-1'))).toBe(true);
  job.end();
  await Promise.all(asked);
  expect([job.times(), reports]).toEqual([1, [['t', undefined]]]);
  expect(runner.isBusy(asId<ServerId>('s-1'))).toBe(false);
  await runner.run(ctx, taskOf('t'), job.run);
  expect([job.times(), reports.length]).toEqual([1, 2]);
});

test('a failure is reported with its code, kind and cause', async () => {
  const { runner, reports } = host();
  await runner.run(ctx, taskOf('t'), () => Promise.reject(ImageGone({ id: 'i-1' }, { cause: new Error('404') })));
  expect(reports).toMatchObject([['t', { code: 'ImageGone', kind: 'not-found', params: { id: 'i-1' }, cause: { message: '404' } }]]);
});

test('what failed is tried again when it is asked for again', async () => {
  const { runner, reports } = host();
  await runner.run(ctx, taskOf('t'), () => Promise.reject(new Error('not today')));
  await runner.run(ctx, taskOf('t'), () => Promise.resolve());
  expect(reports.map(([, error]) => error?.message)).toEqual(['not today', undefined]);
});

test('work that breaks at once, before it waits for anything, is a failure like any other', async () => {
  const { runner, reports } = host();
  await runner.run(ctx, taskOf('t'), () => {
    throw new Error('broken');
  });
  expect(reports).toMatchObject([['t', { code: 'Error', message: 'broken' }]]);
});

test('one server gets its tasks one after the other, another server need not wait', async () => {
  const { runner } = host();
  const [first, second, other] = [work(), work(), work()];
  const all = [
    runner.run(ctx, taskOf('1'), first.run),
    runner.run(ctx, taskOf('2'), second.run),
    runner.run(ctx, taskOf('3', 's-2'), other.run),
  ];
  await settle();
  expect([first.times(), second.times(), other.times()]).toEqual([1, 0, 1]);
  first.end();
  await settle();
  expect(second.times()).toBe(1);
  second.end();
  other.end();
  await Promise.all(all);
});

test('a task that fails does not stop the next one', async () => {
  const { runner, reports } = host();
  await Promise.all([
    runner.run(ctx, taskOf('1'), () => Promise.reject(new Error('no'))),
    runner.run(ctx, taskOf('2'), () => Promise.resolve()),
  ]);
  expect(reports.map(([id, error]) => [id, error?.message])).toEqual([
    ['1', 'no'],
    ['2', undefined],
  ]);
});

test('a task may cut short what runs before it, and begins when that has ended', async () => {
  const { runner, reports } = host();
  const build = work();
  const built = runner.run(ctx, taskOf('build'), build.run);
  await settle();
  const order: string[] = [];
  await runner.run(ctx, taskOf('destroy'), async () => void order.push(`destroyed after ${build.stopped.length} stop`), { cutShort: true });
  await built;
  expect(order).toEqual(['destroyed after 1 stop']);
  expect(reports.map(([id, error]) => [id, error !== undefined])).toEqual([
    ['build', true],
    ['destroy', false],
  ]);
});

test('a task may cut short all that stands before it, also what others wait for', async () => {
  const { runner } = host();
  const [build, reboot] = [work(), work()];
  const before = [runner.run(ctx, taskOf('build'), build.run), runner.run(ctx, taskOf('reboot'), reboot.run)];
  await settle();
  const destroyed = runner.run(ctx, taskOf('destroy'), () => Promise.resolve(), { cutShort: true });
  await settle();
  expect([build.stopped.length, reboot.times()]).toEqual([1, 0]);
  await Promise.all([...before, destroyed]);
});

test('a report that does not get through is tried again every second until it does', async () => {
  const { runner, reports, clock } = host(2);
  const done = runner.run(ctx, taskOf('t'), () => Promise.resolve());
  await settle();
  expect(reports).toEqual([]);
  await clock.advance(1_000);
  expect(reports).toEqual([]);
  await clock.advance(1_000);
  await done;
  expect(reports).toEqual([['t', undefined]]);
});

test('closing stops what runs and reports nothing of it: whoever asked will ask again', async () => {
  const { runner, reports } = host();
  const job = work();
  const running = runner.run(ctx, taskOf('t'), job.run);
  await settle();
  await runner.close();
  await running;
  expect([job.stopped.length, reports]).toEqual([1, []]);
});

test('closing does not wait for a conductor that does not listen', async () => {
  const { runner, reports } = host(Number.POSITIVE_INFINITY);
  const running = runner.run(ctx, taskOf('t'), () => Promise.resolve());
  await settle();
  await runner.close();
  await running;
  expect(reports).toEqual([]);
});

test('closing does not wait for ever for work that does not stop', async () => {
  const { runner, clock } = host();
  const stuck = new Promise<void>(() => {});
  void runner.run(ctx, taskOf('t'), () => stuck);
  await settle();
  const closed = runner.close();
  await clock.advance(5_000);
  await closed;
});

test('a task that nobody wants any more is not begun, and nobody is told', async () => {
  const { runner, reports } = host();
  const job = work();
  await runner.run(ctx, taskOf('stale'), job.run);
  expect([job.times(), reports]).toEqual([0, []]);
});
