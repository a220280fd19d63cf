import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { systemClock } from '../../lib/clock/clock.ts';
import { systemIds } from '../../lib/clock/ids.ts';
import { silentLog } from '../../lib/log/log.ts';
import type { Hop } from '../../lib/trace/hop.ts';
import { Tracer } from '../../lib/trace/tracer.ts';
import { asId, type HostName } from '../../objects/ids.ts';
import { workflow } from '../../lib/workflow/workflow.ts';
import { WorkflowTestBed } from '../../lib/workflow/workflow-test-bed.ts';
import { traceWorkflows } from './tracing.ts';

let database: TestDatabase;
let bed: WorkflowTestBed;
let hops: Hop[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  bed = new WorkflowTestBed(database.db.withTables(), database.pool);
});
afterEach(async () => {
  await bed.clear();
  hops = [];
});
afterAll(() => database.drop());

const tracerOf = (host: string): Tracer => {
  const sink = { write: async (more: readonly Hop[]) => void hops.push(...more) };
  return new Tracer({ sink, clock: systemClock, ids: systemIds, log: silentLog, host });
};

const told = () => hops.filter(({ outcome }) => outcome === 'Died');

const place = (host: string) => ({ clock: systemClock, ids: systemIds, host: asId<HostName>(host) });

test('a trace has the steps of a workflow, their undo, and the end of the unwinding', async () => {
  const tracer = tracerOf('node-1');
  const fails = workflow<object>('fails')
    .step('one', { do: () => {}, undo: () => {} })
    .step('two', { do: () => Promise.reject(new Error('no')) })
    .onUnwound(() => {});
  bed.start([fails], { trace: traceWorkflows(tracer, place('node-1')) });
  await bed.reaches(await bed.enqueue(fails, {}), { status: 'undone' });
  await tracer.close();
  expect(hops.map(({ what }) => what)).toEqual(['fails/one', 'fails/two', 'fails/one (undo)', 'fails (unwound)']);
});

// Fault 2026-11 C12.
test.each([
  { died: 'node-1', concurrency: 4, next: 'node-2 takes over' },
  { died: 'node-2', concurrency: 4, next: 'it goes on after its restart' },
  { died: 'node-1', concurrency: 0, next: 'the next free one takes over' },
])('a trace says that a conductor died in a step, when that had begun, and that $next', async ({ died, concurrency, next }) => {
  const short = workflow<object>('short').step('one', { do: () => {} });
  const id = await bed.enqueue(short, {});
  const began = new Date(Date.now() - 20_000);
  await bed.db
    .updateTable('workflows')
    .set({ status: 'running', step: 'one', owner: died, updated_at: began })
    .where('id', '=', id)
    .execute();
  const tracer = tracerOf('node-2');
  bed.start([short], { owner: 'node-2', concurrency, isAlive: async () => false, trace: traceWorkflows(tracer, place('node-2')) });
  if (concurrency > 0) await bed.reaches(id, { status: 'done' });
  await expect.poll(told).toHaveLength(1);
  await tracer.close();
  const [hop] = told();
  expect(hop).toMatchObject({ requestId: 'req-test', host: 'node-2', what: `short/one (the conductor on ${died} died; ${next})` });
  expect(hop?.startedAt).toEqual(began);
  expect(hop?.durationMs).toBeGreaterThanOrEqual(20_000);
});
