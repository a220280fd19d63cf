import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { errorType } from '../errors/error-type.ts';
import { workflow } from './workflow.ts';
import { WorkflowTestBed } from './workflow-test-bed.ts';

let database: TestDatabase;
let bed: WorkflowTestBed;
let fences: number[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  bed = new WorkflowTestBed(database.db.withTables(), database.pool);
});
afterEach(async () => {
  await bed.clear();
  fences = [];
});
afterAll(() => database.drop());

const Away = errorType('Away', 'unavailable', () => 'It is away.');
const Broken = errorType('Broken', 'internal', () => 'It is broken.');
const noted = (w: { readonly fence: number }) => void fences.push(w.fence);

const failing = workflow<object>('failing')
  .step('one', { do: (_, w) => noted(w), undo: (_, w) => noted(w) })
  .step('two', { do: (_, w) => noted(w), undo: (_, w) => noted(w) })
  .step('three', {
    do: (_, w) => {
      noted(w);
      throw Broken({});
    },
  })
  .onUnwound((_, w) => noted(w));

test('the fence rises from step to step, from undo to undo, and from workflow to workflow of a subject', async () => {
  const first = await bed.enqueue(failing, {}, { subject: 'server' });
  const second = await bed.enqueue(failing, {}, { subject: 'server' });
  bed.start([failing]);
  await bed.reaches(first, { status: 'undone' });
  await bed.reaches(second, { status: 'undone' });
  expect(fences).toHaveLength(12);
  expect(new Set(fences).size).toBe(12);
  expect(fences).toEqual(fences.toSorted((a, b) => a - b));
});

test('tries of one step have one fence', async () => {
  const retried = workflow<object>('retried').step('one', {
    do: (_, w) => {
      noted(w);
      if (w.attempt < 3) throw Away({});
    },
    retries: { firstMs: 1 },
  });
  const id = await bed.enqueue(retried, {});
  bed.start([retried]);
  await bed.reaches(id, { status: 'done' });
  expect(fences).toHaveLength(3);
  expect(new Set(fences).size).toBe(1);
});
