import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { systemIds } from '../clock/ids.ts';
import { serviceContext } from '../context/context.ts';
import { errorType } from '../errors/error-type.ts';
import { enqueue } from './enqueue.ts';
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

const Broken = errorType('Broken', 'conflict', () => 'It broke.');
const Away = errorType('Away', 'unavailable', () => 'It is away.');

test('a workflow runs its steps in order, each seeing what the steps before returned', async () => {
  const seen: unknown[] = [];
  const sum = workflow<{ base: number }>('sum')
    .step('one', { do: ({ base }) => ({ value: base + 1, none: undefined as string | undefined }) })
    .step('nothing', { do: () => {} })
    .step('two', { do: ({ base, one, nothing }, w) => seen.push([base, one, nothing, w.taskId, w.ctx.requestId]) });
  bed.start([sum]);
  const id = await bed.enqueue(sum, { base: 1 });
  await bed.reaches(id, { status: 'done' });
  expect(seen).toEqual([[1, { value: 2 }, undefined, `${id}/two`, 'req-test']]);
});

test('a failed step is undone itself, then those before it, newest first, and then the hook hears why', async () => {
  const seen: unknown[] = [];
  const failing = workflow<{ base: number }>('failing')
    .step('one', { do: () => 1, undo: (scope) => seen.push(['one', scope]) })
    .step('plain', { do: () => 2 })
    .step('two', {
      do: () => {
        throw Broken({});
      },
      undo: (scope) => seen.push(['two', scope]),
    })
    .step('three', { do: () => seen.push('never'), undo: () => seen.push('never') })
    .onUnwound(({ failure, ...scope }) => seen.push([failure.code, scope]));
  bed.start([failing]);
  const id = await bed.enqueue(failing, { base: 7 });
  await bed.reaches(id, { status: 'undone' });
  expect(seen).toEqual([
    ['two', { base: 7, one: 1, plain: 2 }],
    ['one', { base: 7 }],
    ['Broken', { base: 7, one: 1, plain: 2 }],
  ]);
  expect((await bed.row(id)).failure).toMatchObject({ code: 'Broken', kind: 'conflict' });
});

test('a step that meets something unavailable is tried again, each time with a higher attempt', async () => {
  const attempts: number[] = [];
  const patient = workflow<object>('patient').step('one', {
    retries: { firstMs: 5 },
    do: (_, { attempt }) => {
      attempts.push(attempt);
      if (attempt < 3) throw Away({});
    },
  });
  bed.start([patient]);
  await bed.reaches(await bed.enqueue(patient, {}), { status: 'done' });
  expect(attempts).toEqual([1, 2, 3]);
});

test('a workflow enqueued in a transaction that rolls back never was', async () => {
  const never = workflow<object>('never').step('one', { do: () => {} });
  bed.start([never]);
  const id = systemIds.uuid();
  const rolledBack = bed.db.transaction().execute(async (trx) => {
    await enqueue(trx, never, { id, subject: 's', input: {}, ctx: serviceContext('req-test') });
    throw new Error('no');
  });
  await expect(rolledBack).rejects.toThrow('no');
  expect(await bed.db.selectFrom('workflows').select('id').execute()).toEqual([]);
});

test('a step that takes too long is told so and fails; an undo that fails is tried until it works, and meanwhile says why', async () => {
  let undos = 0;
  const mended = Promise.withResolvers<void>();
  const slow = workflow<object>('slow').step('one', {
    timeoutMs: 20,
    do: (_, { signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    undo: async () => {
      undos += 1;
      if (undos === 1) throw Broken({});
      await mended.promise;
    },
  });
  bed.start([slow]);
  const id = await bed.enqueue(slow, {});
  await bed.reaches(id, { status: 'unwinding', attempt: 2 });
  expect((await bed.row(id)).last_error).toMatchObject({ code: 'Broken' });
  mended.resolve();
  await bed.reaches(id, { status: 'undone' });
  expect((await bed.row(id)).failure).toMatchObject({ code: 'WorkflowStepTimedOut' });
});

test('a result that JSON cannot hold fails the step', async () => {
  const odd = workflow<object>('odd').step('one', { do: () => ({ big: 1n }) });
  bed.start([odd]);
  const id = await bed.enqueue(odd, {});
  await bed.reaches(id, { status: 'undone' });
});

test('enqueueing a known id again changes nothing', async () => {
  const once = workflow<object>('once').step('one', { do: () => {} });
  const id = await bed.enqueue(once, {}, { subject: 's' });
  const later = await bed.enqueue(once, {}, { subject: 's' });
  await bed.enqueue(once, {}, { id, subject: 's', supersedes: true });
  expect(await bed.row(later)).toMatchObject({ cancel_requested: false });
  bed.start([once]);
  await bed.reaches(id, { status: 'done' });
  await bed.reaches(later, { status: 'done' });
});

test('pruning deletes what ended before a time, with its log', async () => {
  const short = workflow<object>('short').step('one', { do: () => {} });
  const engine = bed.start([short]);
  const [ended, open] = [await bed.enqueue(short, {}), await bed.enqueue(workflow<object>('unknown'), {})];
  await bed.reaches(ended, { status: 'done' });
  expect(await engine.prune({ before: new Date('2000-01-01'), limit: 10 })).toBe(0);
  expect(await engine.prune({ before: new Date('2100-01-01'), limit: 10 })).toBe(1);
  expect(await bed.db.selectFrom('workflows').select('id').execute()).toEqual([{ id: open }]);
});
