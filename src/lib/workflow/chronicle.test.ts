import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { messageOf } from '../errors/error-type.ts';
import type { Chronicle } from './chronicle.ts';
import { enqueue } from './enqueue.ts';
import { serviceContext } from '../context/context.ts';
import { workflow } from './workflow.ts';
import { gate, WorkflowTestBed } from './workflow-test-bed.ts';

let database: TestDatabase;
let bed: WorkflowTestBed;
beforeAll(async () => {
  database = await createTestDatabase();
  bed = new WorkflowTestBed(database.db.withTables(), database.pool);
  await sql`create table story (seq serial, workflow_id text, subject text, step text, account jsonb, has_ended boolean)`.execute(
    database.db,
  );
});
afterEach(() => bed.clear());
afterAll(() => database?.drop());

const chronicle: Chronicle = {
  begins: `insert into story (workflow_id, subject, step, has_ended) select workflow_id, subject, step, false from begun`,
  ends: `update story set has_ended = true, account = ended.account from ended
    where story.workflow_id = ended.workflow_id and not has_ended and story.step is distinct from next_step`,
  accountOf: (error) => ({ because: messageOf(error) }),
};

async function storyOf(id: string) {
  const { rows } = await sql<{ step: string; account: object | null; has_ended: boolean }>`
    select step, account, has_ended from story where workflow_id = ${id} order by seq`.execute(database.db);
  return rows.map(({ step, account, has_ended }) => [step, has_ended ? (account ?? 'ended') : 'under way']);
}

test('a chronicle has each step when it begins and when it ends, and why it failed', async () => {
  const go = gate();
  const two = workflow<object>('two')
    .step('one', { do: () => go.promise })
    .step('two', { do: () => Promise.reject(new Error('no more')), undo: () => {} });
  bed.start([two], { chronicle });
  const id = await bed.enqueue(two, {});
  await expect.poll(() => storyOf(id)).toEqual([['one', 'under way']]);
  go.resolve();
  await bed.reaches(id, { status: 'undone' });
  expect(await storyOf(id)).toEqual([
    ['one', 'ended'],
    ['two', { because: 'no more' }],
  ]);
});

test('what was announced by its writer is taken up when that tells of it, and after another of its subject that was in the way', async () => {
  const go = gate();
  const slow = workflow<object>('slow').step('one', { do: () => go.promise });
  const engine = bed.start([slow], { sweepEveryMs: 60_000 });
  const write = () => enqueue(bed.db, slow, { subject: 's', input: {}, ctx: serviceContext('req-test'), announced: true });
  const [first, second] = [await write(), await write()];
  for (const id of [first, second]) await engine.run(id);
  await bed.reaches(first, { status: 'running' });
  await bed.reaches(second, { status: 'pending' });
  go.resolve();
  await bed.reaches(second, { status: 'done' });
});
