import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { errorType } from '../errors/error-type.ts';
import { silentLog } from '../log/log.ts';
import { WORKFLOW_CHANNEL } from './tables.ts';
import { workflow } from './workflow.ts';
import { gate, WorkflowTestBed } from './workflow-test-bed.ts';

let database: TestDatabase;
let bed: WorkflowTestBed;
let seen: string[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  bed = new WorkflowTestBed(database.db.withTables(), database.pool);
});
afterEach(async () => {
  await bed.clear();
  seen = [];
});
afterAll(() => database.drop());

const Away = errorType('Away', 'unavailable', () => 'It is away.');

/** Two steps; the second one waits for `hold`, heedless of its signal. */
const heedless = (who: string, hold: Promise<void>) =>
  workflow<object>('heedless')
    .step('one', { do: () => seen.push(`${who} one`) })
    .step('two', {
      do: async (_, { attempt }) => {
        seen.push(`${who} two, attempt ${attempt}`);
        await hold;
        return who;
      },
    })
    .step('three', { do: ({ two }) => seen.push(`${who} three after ${two}`) });

/** An engine that looks for work at its start only: it cannot take back what another one frees. */
const ONCE = { sweepEveryMs: 3_600_000 };

test('the work of a dead owner is adopted, and the owner that was only slow does no harm', async () => {
  const slow = gate();
  const engine = bed.start([heedless('slow', slow.promise)], { owner: 'slow', ...ONCE });
  const id = await bed.enqueue(heedless('', slow.promise), {});
  await bed.reaches(id, { step: 'two' });
  bed.start([heedless('quick', Promise.resolve())], { owner: 'quick', isAlive: async () => false });
  await bed.reaches(id, { status: 'done' });
  const done = await bed.row(id);
  slow.resolve();
  await engine.settled(id);
  expect(await bed.row(id)).toEqual(done);
  expect(seen).toEqual(['slow one', 'slow two, attempt 1', 'quick two, attempt 2', 'quick three after quick']);
});

test('an owner that lost a workflow hears of it and stops waiting for it', async () => {
  const waits = workflow<object>('waits').step('one', { do: (_, w) => w.awaitReport({ timeoutMs: 60_000 }) });
  const slow = bed.start([waits], { owner: 'slow' });
  const id = await bed.enqueue(waits, {});
  await bed.reaches(id, { owner: 'slow' });
  bed.start([waits], { owner: 'quick', isAlive: async () => false });
  await bed.reaches(id, { owner: 'quick' });
  await slow.settled(id);
  expect(await bed.row(id)).toMatchObject({ status: 'running', owner: 'quick' });
});

const hintReview = () => sql`select pg_notify(${WORKFLOW_CHANNEL}, 'cancel')`.execute(database.db);

/** Engine and workflow of a step that waits for its report; `said` are the warnings of the engine. */
async function waitingWorkflow() {
  const waits = workflow<object>('waits').step('one', { do: (_, w) => w.awaitReport({ timeoutMs: 60_000 }) });
  const said: unknown[] = [];
  const log = Object.assign(Object.create(silentLog), { warn: (_: unknown, line: string) => said.push(line) });
  const engine = bed.start([waits], { ...ONCE, log });
  const id = await bed.enqueue(waits, {});
  await bed.reaches(id, { owner: 'here' });
  return { waits, engine, id, said };
}

// Fault 2026-11 E14.
test('an owner loses a workflow also to its own later life, says so, and leaves it to that', async () => {
  const { waits, engine, id, said } = await waitingWorkflow();
  const { generation } = await bed.row(id);
  const later = bed.start([waits], ONCE);
  await bed.reaches(id, { generation: generation + 1 });
  await hintReview();
  await engine.settled(id);
  expect(said).toEqual(['another owner took over a workflow; this engine stops working on it']);
  expect(await bed.row(id)).toMatchObject({ status: 'running', owner: 'here', generation: generation + 1 });
  await later.report(`${id}/one`, { ok: null });
  await bed.reaches(id, { status: 'done' });
});

// Fault 2026-11 E14.
test('an owner stops working on what was freed for others, without a warning', async () => {
  const { engine, id, said } = await waitingWorkflow();
  await bed.db.updateTable('workflows').set({ owner: null }).where('id', '=', id).execute();
  await hintReview();
  await engine.settled(id);
  expect(said).toEqual([]);
});

test('the work of an owner that lives is left alone', async () => {
  const slow = gate();
  bed.start([heedless('slow', slow.promise)], { owner: 'slow' });
  const id = await bed.enqueue(heedless('', slow.promise), {});
  await bed.reaches(id, { step: 'two' });
  const quick = bed.start([heedless('quick', Promise.resolve())], { owner: 'quick' });
  await quick.run(id);
  slow.resolve();
  await bed.reaches(id, { status: 'done' });
  expect(seen).toEqual(['slow one', 'slow two, attempt 1', 'slow three after slow']);
});

test('stopping lets a step end within the grace, logs it, and frees the workflow for others', async () => {
  const slow = gate();
  const engine = bed.start([heedless('first', slow.promise)]);
  const id = await bed.enqueue(heedless('', slow.promise), {});
  await bed.reaches(id, { step: 'two' });
  const stopped = engine.stop({ graceMs: 5_000 });
  slow.resolve();
  await stopped;
  expect(await bed.row(id)).toMatchObject({ status: 'running', step: 'three', owner: null });
  bed.start([heedless('next', slow.promise)], { owner: 'next' });
  await bed.reaches(id, { status: 'done' });
  expect(seen.at(-1)).toBe('next three after first');
});

test('stopping lets go at once of what only waits', async () => {
  const waits = workflow<object>('waits').step('one', { do: (_, w) => w.awaitReport({ timeoutMs: 60_000 }) });
  const engine = bed.start([waits]);
  const id = await bed.enqueue(waits, {});
  await bed.reaches(id, { owner: 'here' });
  await engine.stop({ graceMs: 60_000 });
  expect(await bed.row(id)).toMatchObject({ status: 'running', owner: null });
});

test('stopping lets go at once of what begins to wait, or fails for now, while it stops', async () => {
  const go = gate();
  const waits = workflow<object>('waits').step('one', { do: (_, w) => go.promise.then(() => w.awaitReport({ timeoutMs: 60_000 })) });
  const away = workflow<object>('away').step('one', { do: () => go.promise.then(() => Promise.reject(Away({}))) });
  const engine = bed.start([waits, away]);
  const ids = await Promise.all([bed.enqueue(waits, {}), bed.enqueue(away, {})]);
  for (const id of ids) await bed.reaches(id, { owner: 'here' });
  const stopped = engine.stop({ graceMs: 60_000 });
  go.resolve();
  await stopped;
  for (const id of ids) expect(await bed.row(id)).toMatchObject({ status: 'running', owner: null });
});

test('what a step abandoned at the stop left open is run again by the same owner after its restart', async () => {
  const never = gate();
  const engine = bed.start([heedless('first', never.promise)]);
  const id = await bed.enqueue(heedless('', never.promise), {});
  await bed.reaches(id, { step: 'two' });
  await engine.stop({ graceMs: 10 });
  // Its code may still be at work, so nobody else was invited.
  expect(await bed.row(id)).toMatchObject({ status: 'running', owner: 'here' });
  bed.start([heedless('again', Promise.resolve())]);
  await bed.reaches(id, { status: 'done' });
  expect(seen.slice(-2)).toEqual(['again two, attempt 2', 'again three after again']);
});

test('an owner says once how many workflows its earlier life left, and nothing where there are none', async () => {
  const left = gate();
  const definition = heedless('any', left.promise);
  const ids = await Promise.all([bed.enqueue(definition, {}), bed.enqueue(definition, {})]);
  await bed.db.updateTable('workflows').set({ status: 'running', step: 'one', owner: 'here' }).where('id', 'in', ids).execute();
  const said: unknown[][] = [];
  const listen = (owner: string) => {
    const log = Object.assign(Object.create(silentLog), { info: (...line: unknown[]) => said.push([owner, ...line]) });
    return bed.start([definition], { owner, log, sweepEveryMs: 10 });
  };
  listen('here');
  listen('there');
  left.resolve();
  for (const id of ids) await bed.reaches(id, { status: 'done' });
  expect(said).toEqual([['here', { workflows: 2 }, 'resuming workflows that this service held before its restart']]);
});

test('a lost connection is replaced: workflows and hints go on', async () => {
  const short = workflow<object>('short').step('one', { do: () => {} });
  bed.start([short], { sweepEveryMs: 60_000 });
  await bed.reaches(await bed.enqueue(short, {}), { status: 'done' });
  const others = sql`from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
  await sql`select pg_terminate_backend(pid) ${others}`.execute(database.db);
  const listening = sql<{ pid: number }>`select pid ${others} and query like 'listen %'`;
  await expect.poll(async () => (await listening.execute(database.db)).rows.length, { interval: 10 }).toBe(1);
  await bed.reaches(await bed.enqueue(short, {}), { status: 'done' });
});

/** What a workflow looks like whose owner dies during its first step, after others did. */
const dying = { status: 'running', step: 'one', owner: 'here', deaths: 19 } as const;

test('a step that kills whoever runs it is given up after many owners', async () => {
  const definition = heedless('any', Promise.resolve());
  const id = await bed.enqueue(definition, {});
  await bed.db.updateTable('workflows').set(dying).where('id', '=', id).execute();
  bed.start([definition]);
  await bed.reaches(id, { status: 'undone' });
  expect((await bed.row(id)).failure).toMatchObject({ code: 'WorkflowStepGaveUp', params: { step: 'one', deaths: 20 } });
  expect(seen).toEqual([]);
});

test('a step that was refused before its owners died is given up with the refusal', async () => {
  const away = workflow<object>('away').step('one', { do: () => Promise.reject(Away({})) });
  const engine = bed.start([away], { owner: 'here', ...ONCE });
  const id = await bed.enqueue(away, {});
  await bed.reaches(id, { refusals: 1 });
  await engine.stop({ graceMs: 60_000 });
  await bed.db.updateTable('workflows').set(dying).where('id', '=', id).execute();
  bed.start([away]);
  await bed.reaches(id, { status: 'undone' });
  expect((await bed.row(id)).failure).toMatchObject({ code: 'Away' });
});

test('neither owners that died nor those that stopped use up the retries of a step, and retries go on where they were', async () => {
  const away = workflow<object>('away').step('one', {
    retries: { attempts: 3, firstMs: 1, maxMs: 1 },
    do: (_, { attempt }) => {
      seen.push(`attempt ${attempt}`);
      throw Away({});
    },
  });
  const id = await bed.enqueue(away, {});
  const told = { status: 'running', step: 'one', owner: 'here', attempt: 30, refusals: 1, deaths: 5 } as const;
  await bed.db.updateTable('workflows').set(told).where('id', '=', id).execute();
  bed.start([away]);
  await bed.reaches(id, { status: 'undone' });
  expect((await bed.row(id)).failure).toMatchObject({ code: 'Away' });
  expect(seen).toEqual(['attempt 31', 'attempt 32']);
});
