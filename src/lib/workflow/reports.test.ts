import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { systemClock } from '../clock/clock.ts';
import { NovaError } from '../errors/error-type.ts';
import { marshalError } from '../errors/marshal.ts';
import { noteProgress } from './progress.ts';
import { report } from './report.ts';
import { workflow } from './workflow.ts';
import { WorkflowTestBed } from './workflow-test-bed.ts';

let database: TestDatabase;
let bed: WorkflowTestBed;
beforeAll(async () => {
  database = await createTestDatabase();
  bed = new WorkflowTestBed(database.db.withTables(), database.pool);
});
afterEach(() => bed.clear());
afterAll(() => database.drop());

const heard: unknown[] = [];
afterEach(() => {
  heard.length = 0;
});

/** A workflow that waits for its guest; asks again every 20 ms and gives up after `timeoutMs`. */
const waiting = (timeoutMs = 5_000, asked: () => void = () => {}) =>
  workflow<object>('waiting')
    .step('guest', {
      timeoutMs: 100,
      do: (_, w) => w.awaitReport<{ power: string }>({ timeoutMs, resend: async () => asked(), resendEveryMs: 20 }),
    })
    .step('hear', { do: ({ guest }) => heard.push(guest) });

test('a report by another process wakes the step at once', async () => {
  bed.start([waiting()], { sweepEveryMs: 60_000 });
  const id = await bed.enqueue(waiting(), {});
  await bed.reaches(id, { step: 'guest' });
  await report(database.db, `${id}/guest`, { ok: { power: 'on' } });
  await bed.reaches(id, { status: 'done' });
  expect(heard).toEqual([{ power: 'on' }]);
});

const asking = (tell: (taskId: string) => Promise<void>) =>
  workflow<object>('asking').step('guest', { do: (_, w) => w.awaitReport({ timeoutMs: 5_000, send: () => tell(w.taskId) }) });

test('a report is not missed that comes while its task is being asked for, here or elsewhere', async () => {
  for (const elsewhere of [false, true]) {
    const engine = bed.start(
      [asking((taskId) => (elsewhere ? report(database.db, taskId, { ok: 1 }) : engine.report(taskId, { ok: 1 })))],
      // No sweep comes to the rescue.
      { sweepEveryMs: 60_000 },
    );
    const id = await bed.enqueue(workflow<object>('asking'), {});
    await bed.reaches(id, { status: 'done' });
    await bed.clear();
  }
});

test('what could not be asked for fails the step, and its report is waited for by nobody', async () => {
  const unheard = workflow<object>('unheard').step('guest', {
    do: (_, w) => w.awaitReport({ timeoutMs: 5_000, send: () => Promise.reject(new Error('nobody hears')) }),
  });
  bed.start([unheard]);
  const id = await bed.enqueue(unheard, {});
  await bed.reaches(id, { status: 'undone' });
  expect((await bed.row(id)).failure).toMatchObject({ message: 'nobody hears' });
});

test('a report that came before the wait counts, and only the first one does', async () => {
  const id = await bed.enqueue(waiting(), {});
  await report(database.db, `${id}/guest`, { ok: 1 });
  await report(database.db, `${id}/guest`, { ok: 2 });
  bed.start([waiting()]);
  await bed.reaches(id, { status: 'done' });
  expect(heard).toEqual([1]);
});

test('a reported error fails the step with its code and kind', async () => {
  const engine = bed.start([waiting()]);
  const id = await bed.enqueue(waiting(), {});
  await engine.report(`${id}/guest`, { error: marshalError(new NovaError('NoDisk', 'over-limit', 'No disk.', {})) });
  await bed.reaches(id, { status: 'undone' });
  expect((await bed.row(id)).failure).toMatchObject({ code: 'NoDisk', kind: 'over-limit' });
});

test('a host that was away for a moment is asked anew: its old answer does not count', async () => {
  const engine = bed.start([waiting()]);
  const id = await bed.enqueue(waiting(), {});
  await engine.report(`${id}/guest`, { error: marshalError(new NovaError('Away', 'unavailable', 'Away.', {})) });
  await bed.reaches(id, { attempt: 2 });
  await engine.report(`${id}/guest`, { ok: 'back' });
  await bed.reaches(id, { status: 'done' });
  expect(heard).toEqual(['back']);
});

test('an undo that was told of an error asks anew: the old answer does not count', async () => {
  const definition = workflow<object>('undoing').step('guest', {
    do: () => Promise.reject(new Error('no')),
    undo: (_, w) => w.awaitReport<null>({ timeoutMs: 5_000 }),
  });
  const engine = bed.start([definition]);
  const id = await bed.enqueue(definition, {});
  await bed.reaches(id, { status: 'unwinding' });
  await engine.report(`${id}/guest/undo`, { error: marshalError(new Error('disk in use')) });
  await bed.reaches(id, { attempt: 2 });
  await engine.report(`${id}/guest/undo`, { ok: null });
  await bed.reaches(id, { status: 'undone' });
});

test('waiting has a bound of its own, and asks again meanwhile', async () => {
  let asked = 0;
  const definition = waiting(250, () => {
    asked += 1;
  });
  bed.start([definition]);
  const id = await bed.enqueue(definition, {});
  await bed.reaches(id, { status: 'undone' });
  expect((await bed.row(id)).failure).toMatchObject({ code: 'WorkflowStepTimedOut', params: { timeoutMs: 250 } });
  expect(asked).toBeGreaterThan(2);
});

/** Says every 50 ms that a task is still worked on, until told to stop. */
function busy(taskId: string) {
  const over = new AbortController();
  const told = (async () => {
    while (!over.signal.aborted) {
      await noteProgress(database.db, taskId);
      await systemClock.sleep(50);
    }
  })();
  return { stop: () => (over.abort(), told) };
}

/** How long the steps of these tests bear silence, and how long they are kept waiting. */
const [PATIENCE_MS, LONG_MS] = [800, 2_000];

test('a word of progress by another process makes the step patient anew; silence ends the wait', async () => {
  bed.start([waiting(PATIENCE_MS)]);
  const id = await bed.enqueue(waiting(), {});
  await bed.reaches(id, { step: 'guest' });
  const host = busy(`${id}/guest`);
  await systemClock.sleep(LONG_MS);
  expect(await bed.row(id)).toMatchObject({ status: 'running', step: 'guest', attempt: 1, heard_at: expect.any(Date) });
  await host.stop();
  await bed.reaches(id, { status: 'undone' });
  expect((await bed.row(id)).failure).toMatchObject({ code: 'WorkflowStepTimedOut', params: { timeoutMs: PATIENCE_MS } });
});

test('an engine that takes the workflow over stays as patient as the one before', async () => {
  const first = bed.start([waiting(PATIENCE_MS)], { owner: 'first' });
  const id = await bed.enqueue(waiting(), {});
  await bed.reaches(id, { step: 'guest', owner: 'first' });
  const host = busy(`${id}/guest`);
  await first.stop({ graceMs: 0 });
  const second = bed.start([waiting(PATIENCE_MS)], { owner: 'second' });
  await bed.reaches(id, { owner: 'second' });
  await systemClock.sleep(LONG_MS);
  expect(await bed.row(id)).toMatchObject({ status: 'running', owner: 'second', attempt: 2 });
  await second.report(`${id}/guest`, { ok: 'at last' });
  await bed.reaches(id, { status: 'done' });
  await host.stop();
  expect(heard).toEqual(['at last']);
});

test('progress is heard only of the step in hand, and its words are kept', async () => {
  bed.start([waiting()]);
  const id = await bed.enqueue(waiting(), {}, { subject: 'server-1' });
  await bed.reaches(id, { step: 'guest' });
  for (const other of [`${id}/hear`, `${id}/guest/undo`, 'nobody/guest', 'nonsense'])
    expect(await noteProgress(database.db, other, 'not me')).toBe(undefined);
  expect(await bed.row(id)).toMatchObject({ heard_at: null, heard: null });
  expect(await noteProgress(database.db, `${id}/guest`, 'copying')).toEqual({ workflowId: id, subject: 'server-1' });
  expect(await bed.row(id)).toMatchObject({ heard: 'copying' });
});

test('workflows that wait keep none from working', async () => {
  bed.start([waiting()], { concurrency: 1 });
  const ids = await Promise.all([1, 2, 3, 4, 5].map(() => bed.enqueue(waiting(), {})));
  await Promise.all(ids.map((id) => bed.reaches(id, { step: 'guest', owner: 'here' })));
  for (const id of ids) await report(database.db, `${id}/guest`, { ok: id });
  await Promise.all(ids.map((id) => bed.reaches(id, { status: 'done' })));
  expect(heard.toSorted()).toEqual(ids.toSorted());
});

test('a report about an unknown task is dropped', async () => {
  await report(database.db, 'nobody/guest', { ok: 1 });
  expect(await bed.db.selectFrom('workflow_reports').selectAll().execute()).toEqual([]);
});
