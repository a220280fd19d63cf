import { expect, test } from 'vitest';
import { createTestDatabase } from '../../../test/support/database.ts';
import { systemClock } from '../../lib/clock/clock.ts';
import { systemIds } from '../../lib/clock/ids.ts';
import { silentLog } from '../../lib/log/log.ts';
import type { Hop } from '../../lib/trace/hop.ts';
import { Tracer } from '../../lib/trace/tracer.ts';
import { workflow } from '../../lib/workflow/workflow.ts';
import { WorkflowTestBed } from '../../lib/workflow/workflow-test-bed.ts';
import { traceWorkflows } from './tracing.ts';

test('a trace has the steps of a workflow, their undo, and the end of the unwinding', async () => {
  const database = await createTestDatabase();
  const bed = new WorkflowTestBed(database.db.withTables(), database.pool);
  const hops: Hop[] = [];
  const sink = { write: async (more: readonly Hop[]) => void hops.push(...more) };
  const tracer = new Tracer({ sink, clock: systemClock, ids: systemIds, log: silentLog, host: 'node-1' });
  try {
    const fails = workflow<object>('fails')
      .step('one', { do: () => {}, undo: () => {} })
      .step('two', { do: () => Promise.reject(new Error('no')) })
      .onUnwound(() => {});
    bed.start([fails], { trace: traceWorkflows(tracer) });
    await bed.reaches(await bed.enqueue(fails, {}), { status: 'undone' });
  } finally {
    await bed.clear();
    await tracer.close();
    await database.drop();
  }
  expect(hops.map(({ what }) => what)).toEqual(['fails/one', 'fails/two', 'fails/one (undo)', 'fails (unwound)']);
});
