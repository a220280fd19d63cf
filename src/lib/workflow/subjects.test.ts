import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
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

/** Says its name when it begins and when it ends; waits in between until `hold` lets go or its signal does. */
const named = (hold: Promise<void> = Promise.resolve()) =>
  workflow<{ name: string }>('named')
    .step('begin', { do: ({ name }) => seen.push(`${name} begins`), undo: ({ name }) => seen.push(`${name} undone`) })
    .step('hold', {
      do: (_, { signal }) => Promise.race([hold, new Promise((_ok, no) => signal.addEventListener('abort', () => no(signal.reason)))]),
    })
    .step('end', { do: ({ name }) => seen.push(`${name} ends`) });

test('workflows of one subject run one after the other, in the order of creation, over all engines', async () => {
  const definition = named();
  const ids = [];
  for (const name of ['a', 'b', 'c', 'd']) ids.push(await bed.enqueue(definition, { name }, { subject: 's' }));
  bed.start([definition]);
  bed.start([definition], { owner: 'there' });
  await bed.reaches(ids[3] ?? '', { status: 'done' });
  expect(seen).toEqual(['a', 'b', 'c', 'd'].flatMap((name) => [`${name} begins`, `${name} ends`]));
});

test('a workflow that does not give way is waited for, and undoes nothing', async () => {
  const hold = gate();
  const definition = named(hold.promise).withoutGivingWay();
  bed.start([definition, workflow<object>('delete').step('one', { do: () => seen.push('delete') })]);
  const running = await bed.enqueue(definition, { name: 'a' }, { subject: 's' });
  await bed.reaches(running, { step: 'hold' });
  const pending = await bed.enqueue(definition, { name: 'b' }, { subject: 's' });
  const newer = await bed.enqueue(workflow<object>('delete'), {}, { subject: 's', supersedes: true });
  await bed.reaches(running, { cancel_requested: true });
  hold.resolve();
  await bed.reaches(newer, { status: 'done' });
  expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'delete']);
  expect([await bed.row(running), await bed.row(pending)]).toMatchObject([{ status: 'done' }, { status: 'done' }]);
});

test('a workflow that supersedes waits until the older ones, running or pending, gave way', async () => {
  const definition = named(gate().promise);
  // A sweep would notice too: this shows that the running step is interrupted at once.
  bed.start([definition, workflow<object>('delete').step('one', { do: () => seen.push('delete') })], { sweepEveryMs: 60_000 });
  const running = await bed.enqueue(definition, { name: 'a' }, { subject: 's' });
  await bed.reaches(running, { step: 'hold' });
  const pending = await bed.enqueue(definition, { name: 'b' }, { subject: 's' });
  const other = await bed.enqueue(definition, { name: 'c' }, { subject: 'other' });
  const newer = await bed.enqueue(workflow<object>('delete'), {}, { subject: 's', supersedes: true });
  await bed.reaches(newer, { status: 'done' });
  await bed.reaches(other, { step: 'hold' });
  expect(seen.filter((line) => !line.startsWith('c'))).toEqual(['a begins', 'a undone', 'delete']);
  expect([await bed.row(running), await bed.row(pending)]).toMatchObject([
    { status: 'superseded', failure: { code: 'WorkflowSuperseded', kind: 'conflict' } },
    { status: 'superseded', owner: null },
  ]);
});
