import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { systemClock } from '../clock/clock.ts';
import { systemIds } from '../clock/ids.ts';
import { serviceContext } from '../context/context.ts';
import { errorType } from '../errors/error-type.ts';
import { silentLog } from '../log/log.ts';
import { WorkflowEngine, type WorkflowEngineOptions } from './engine.ts';
import { enqueue } from './enqueue.ts';
import { workflow, type WorkflowDefinition, type WorkflowRef } from './workflow.ts';

let database: TestDatabase;
const engines: WorkflowEngine[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.stop({ graceMs: 100 })));
  await database.db.deleteFrom('workflows').execute();
});
afterAll(() => database.drop());

const ctx = serviceContext('req-test');
const Broken = errorType('Broken', 'conflict', () => 'It broke.');
const Away = errorType('Away', 'unavailable', () => 'It is away.');

function startEngine(definitions: WorkflowDefinition[], options: Partial<WorkflowEngineOptions> = {}): WorkflowEngine {
  const given = { pool: database.pool, clock: systemClock, ids: systemIds, log: silentLog, isAlive: async () => true };
  const engine = new WorkflowEngine({ ...given, owner: 'here', definitions, concurrency: 4, sweepEveryMs: 200, ...options });
  engines.push(engine);
  engine.start();
  return engine;
}

const boot = <Input extends object>(
  definition: WorkflowRef<Input>,
  input: Input,
  options: { id?: string; subject?: string; supersedes?: boolean } = {},
) => enqueue(database.db, definition, { subject: systemIds.uuid(), input, ctx, ...options });

const row = (id: string) => database.db.selectFrom('workflows').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
const statusOf = async (id: string) => (await row(id)).status;
const reaches = (id: string, status: string) => expect.poll(() => statusOf(id), { interval: 5, timeout: 5_000 }).toBe(status);

test('a workflow runs its steps in order, each seeing what the steps before returned', async () => {
  const seen: unknown[] = [];
  const sum = workflow<{ base: number }>('sum')
    .step('one', { do: ({ base }) => ({ value: base + 1, none: undefined as string | undefined }) })
    .step('nothing', { do: () => {} })
    .step('two', { do: ({ base, one, nothing }, w) => seen.push([base, one, nothing, w.taskId, w.ctx.requestId]) });
  startEngine([sum]);
  const id = await boot(sum, { base: 1 });
  await reaches(id, 'done');
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
  startEngine([failing]);
  const id = await boot(failing, { base: 7 });
  await reaches(id, 'undone');
  expect(seen).toEqual([
    ['two', { base: 7, one: 1, plain: 2 }],
    ['one', { base: 7 }],
    ['Broken', { base: 7, one: 1, plain: 2 }],
  ]);
  expect((await row(id)).failure).toMatchObject({ code: 'Broken', kind: 'conflict' });
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
  startEngine([patient]);
  await reaches(await boot(patient, {}), 'done');
  expect(attempts).toEqual([1, 2, 3]);
});

test('a workflow enqueued in a transaction that rolls back never was', async () => {
  const never = workflow<object>('never').step('one', { do: () => {} });
  startEngine([never]);
  const id = systemIds.uuid();
  const rolledBack = database.db.transaction().execute(async (trx) => {
    await enqueue(trx, never, { id, subject: 's', input: {}, ctx });
    throw new Error('no');
  });
  await expect(rolledBack).rejects.toThrow('no');
  expect(await database.db.selectFrom('workflows').select('id').execute()).toEqual([]);
});
