import { expect, test } from 'vitest';
import { ManualClock } from '../../lib/clock/manual-clock.ts';
import { serviceContext } from '../../lib/context/context.ts';
import { errorType } from '../../lib/errors/error-type.ts';
import type { MarshalledError } from '../../lib/errors/marshal.ts';
import { silentLog } from '../../lib/log/log.ts';
import { asId, type ServerId, type TaskId } from '../../objects/ids.ts';
import { PROGRESS_EVERY_MS, type Progress } from './task-progress.ts';
import { TaskRunner } from './task-runner.ts';

const ctx = serviceContext('req-1');
const ImageGone = errorType('ImageGone', 'not-found', (p: { id: string }) => `Image ${p.id} is gone.`);

const taskOf = (name: string, server = 's-1') => ({ taskId: asId<TaskId>(name), serverId: asId<ServerId>(server) });
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** A runner whose reports are kept; the first `deaf` of them fail. */
function host(deaf = 0) {
  const clock = new ManualClock();
  const reports: [string, MarshalledError | undefined][] = [];
  const results: unknown[] = [];
  const sent: [string, Progress][] = [];
  let lost = 0;
  const report = async (_ctx: unknown, taskId: TaskId, error: MarshalledError | undefined, result?: unknown) => {
    if (lost++ < deaf) throw new Error('nobody listens');
    reports.push([taskId, error]);
    results.push(result);
  };
  const unwanted = new Set<string>();
  const isWanted = async (_ctx: unknown, taskId: TaskId) => !taskId.startsWith('stale') && !unwanted.has(taskId);
  const tellProgress = async (_ctx: unknown, taskId: TaskId, progress: Progress) => {
    sent.push([taskId, progress]);
    return !unwanted.has(taskId);
  };
  return { clock, reports, results, sent, unwanted, runner: new TaskRunner({ isWanted, report, tellProgress, clock, log: silentLog }) };
}

/** Work that runs until it is finished or told to stop. */
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

test('a task that is asked for repeatedly is done once and reported each time', async () => {
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

test('a failed task is retried when it is asked for again', async () => {
  const { runner, reports } = host();
  await runner.run(ctx, taskOf('t'), () => Promise.reject(new Error('not today')));
  await runner.run(ctx, taskOf('t'), () => Promise.resolve());
  expect(reports.map(([, error]) => error?.message)).toEqual(['not today', undefined]);
});

test('work that throws synchronously is a failure like any other', async () => {
  const { runner, reports } = host();
  await runner.run(ctx, taskOf('t'), () => {
    throw new Error('broken');
  });
  expect(reports).toMatchObject([['t', { code: 'Error', message: 'broken' }]]);
});

test('tasks of one server run one after the other, those of different servers concurrently', async () => {
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

test('a task may cut short all tasks before it, waiting ones too', async () => {
  const { runner } = host();
  const [build, reboot] = [work(), work()];
  const before = [runner.run(ctx, taskOf('build'), build.run), runner.run(ctx, taskOf('reboot'), reboot.run)];
  await settle();
  const destroyed = runner.run(ctx, taskOf('destroy'), () => Promise.resolve(), { cutShort: true });
  await settle();
  expect([build.stopped.length, reboot.times()]).toEqual([1, 0]);
  await Promise.all([...before, destroyed]);
});

test('a failed report is retried every second until it succeeds', async () => {
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

test('closing stops running work without a report: the conductor will ask again', async () => {
  const { runner, reports } = host();
  const job = work();
  const running = runner.run(ctx, taskOf('t'), job.run);
  await settle();
  await runner.close();
  await running;
  expect([job.stopped.length, reports]).toEqual([1, []]);
});

test('closing does not wait for a conductor that is unreachable', async () => {
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

test('a task that is no longer wanted is neither begun nor reported', async () => {
  const { runner, reports } = host();
  const job = work();
  await runner.run(ctx, taskOf('stale'), job.run);
  expect([job.times(), reports]).toEqual([0, []]);
});

test('the result of the work is reported, and again when the task is asked for again', async () => {
  const { runner, results } = host();
  let times = 0;
  const measure = async () => ({ sizeMb: 7, times: ++times, at: new Date(0) });
  await runner.run(ctx, taskOf('t'), measure);
  await runner.run(ctx, taskOf('t'), measure);
  const result = { sizeMb: 7, times: 1, at: '1970-01-01T00:00:00.000Z' };
  expect(results).toEqual([result, result]);
});

test('a result that is not JSON, or too large, is a failure', async () => {
  const { runner, reports } = host();
  await runner.run(ctx, taskOf('1'), async () => 1n);
  await runner.run(ctx, taskOf('2'), async () => 'x'.repeat(2_000_000));
  expect(reports).toMatchObject([
    ['1', { code: 'TypeError' }],
    ['2', { code: 'TaskResultTooLarge' }],
  ]);
});

test('the conductor gets heartbeats of a task until it ends, also while it is queued', async () => {
  const { runner, sent, clock } = host();
  const [first, second] = [work(), work()];
  const done = [runner.run(ctx, taskOf('1'), first.run), runner.run(ctx, taskOf('2'), second.run)];
  await clock.advance(PROGRESS_EVERY_MS);
  expect(sent).toEqual([
    ['1', {}],
    ['2', {}],
  ]);
  await clock.advance(2 * PROGRESS_EVERY_MS);
  expect(sent).toHaveLength(6);
  first.end();
  second.end();
  await Promise.all(done);
  await clock.advance(10 * PROGRESS_EVERY_MS);
  expect(sent).toHaveLength(6);
});

test('progress is reported soon, the latest only, and within 0 and 100', async () => {
  const { runner, sent, clock } = host();
  const job = work();
  const done = runner.run(ctx, taskOf('t'), async (signal, progress) => {
    for (const percent of [-3, 20, 40.7, Number.NaN]) progress(percent, 'copying');
    await job.run(signal);
    progress(300);
    await clock.sleep(2_000);
  });
  await clock.advance(2_000);
  expect(sent).toEqual([['t', { percent: 40, text: 'copying' }]]);
  job.end();
  await settle();
  await clock.advance(2_000);
  await done;
  expect(sent.slice(1)).toEqual([['t', { percent: 100 }]]);
});

test('a task that is aborted stops, reports nothing, and is started again when it is asked for again', async () => {
  const { runner, reports } = host();
  const [job, again] = [work(), work()];
  const stopped = runner.run(ctx, taskOf('t'), job.run);
  await settle();
  runner.abort(taskOf('t').taskId);
  const anew = runner.run(ctx, taskOf('t'), again.run);
  expect(await stopped).toBe(undefined);
  expect(job.stopped).toMatchObject([{ code: 'TaskUnwanted' }]);
  expect(reports).toEqual([]);
  await settle();
  expect(again.times()).toBe(1);
  again.end();
  await anew;
  expect(reports).toEqual([['t', undefined]]);
});

test('a queued task can be aborted; aborting an unknown one is a no-op', async () => {
  const { runner, reports } = host();
  const [first, second] = [work(), work()];
  const done = [runner.run(ctx, taskOf('1'), first.run), runner.run(ctx, taskOf('2'), second.run)];
  await settle();
  runner.abort(taskOf('2').taskId);
  runner.abort(taskOf('unknown').taskId);
  first.end();
  await Promise.all(done);
  expect([second.times(), reports]).toEqual([0, [['1', undefined]]]);
});

test('without an abort message, unwanted work is stopped by its next heartbeat', async () => {
  const { runner, reports, unwanted, clock } = host();
  const job = work();
  const done = runner.run(ctx, taskOf('t'), job.run);
  await settle();
  unwanted.add('t');
  await clock.advance(PROGRESS_EVERY_MS);
  await done;
  expect([job.stopped.length, reports]).toEqual([1, []]);
});

test('work goes on while its progress cannot be reported', async () => {
  const clock = new ManualClock();
  const reports: string[] = [];
  const runner = new TaskRunner({
    isWanted: async () => true,
    report: async (_ctx, taskId) => void reports.push(taskId),
    tellProgress: () => Promise.reject(new Error('nobody listens')),
    clock,
    log: silentLog,
  });
  const job = work();
  const done = runner.run(ctx, taskOf('t'), job.run);
  await clock.advance(3 * PROGRESS_EVERY_MS);
  job.end();
  await done;
  expect(reports).toEqual(['t']);
});

test('a task that cannot be begun is reported as failed until the report succeeds', async () => {
  const { runner, reports, clock } = host(1);
  const refused = runner.refuse(ctx, taskOf('t').taskId, ImageGone({ id: 'i-1' }));
  await settle();
  await clock.advance(1_000);
  await refused;
  expect(reports).toMatchObject([['t', { code: 'ImageGone' }]]);
});
