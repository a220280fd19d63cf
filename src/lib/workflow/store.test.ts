import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { systemClock } from '../clock/clock.ts';
import { systemIds } from '../clock/ids.ts';
import { marshalError } from '../errors/marshal.ts';
import { silentLog } from '../log/log.ts';
import { logStatements } from './chronicle.ts';
import { WorkflowDatabase } from './database.ts';
import { WorkflowFenced } from './errors.ts';
import { type Hold, WorkflowStore } from './store.ts';
import { workflow } from './workflow.ts';
import { WorkflowTestBed } from './workflow-test-bed.ts';

let database: TestDatabase;
let bed: WorkflowTestBed;
let store: WorkflowStore;
beforeAll(async () => {
  database = await createTestDatabase();
  bed = new WorkflowTestBed(database.db.withTables(), database.pool);
  const { signal } = new AbortController();
  store = new WorkflowStore(
    new WorkflowDatabase({ pool: database.pool, clock: systemClock, ids: systemIds, log: silentLog, signal }),
    logStatements(undefined),
  );
});
afterEach(() => bed.clear());
afterAll(() => database.drop());

const definition = workflow<object>('two-steps')
  .step('one', { do: () => {} })
  .step('two', { do: () => {} });

async function claim(owner: string): Promise<Hold> {
  const [claimed] = await store.claim({ owner, definitions: [definition], limit: 1, ids: null });
  if (!claimed) throw new Error('There was nothing to claim.');
  return { id: claimed.id, owner, generation: claimed.generation };
}

/** The hold of an owner's earlier life, and the one that it has now. */
let earlier: Hold;
let now: Hold;
beforeEach(async () => {
  await bed.enqueue(definition, {});
  earlier = await claim('here');
  await store.free(['here'], []);
  now = await claim('here');
});

const writes: [string, (hold: Hold) => Promise<unknown>][] = [
  [
    'advance',
    (hold) => {
      const entry = { step: 'one', phase: 'done', startedAt: new Date(0), endedAt: new Date(0) } as const;
      return store.advance(hold, { entry, failure: null, account: null, status: 'running', nextStep: 'two' });
    },
  ],
  ['note', (hold) => store.note(hold, marshalError(new Error('away')))],
  ['release', (hold) => store.release(hold)],
];

const log = () => bed.db.selectFrom('workflow_steps').selectAll().execute();

// Fault 2026-11 E1.
test.each(writes)('%s is refused to the earlier life of the same owner, and allowed to its present one', async (_, write) => {
  expect(now).toEqual({ ...earlier, generation: earlier.generation + 1 });
  const before = await bed.row(now.id);
  await expect(write(earlier)).rejects.toSatisfy(WorkflowFenced.is);
  expect([await bed.row(now.id), await log()]).toEqual([before, []]);
  await write(now);
  expect(await bed.row(now.id)).not.toEqual(before);
});

test.each(writes)('%s is refused to another owner of the same generation', async (_, write) => {
  const before = await bed.row(now.id);
  await expect(write({ ...now, owner: 'there' })).rejects.toSatisfy(WorkflowFenced.is);
  expect([await bed.row(now.id), await log()]).toEqual([before, []]);
});
