import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { holdings, nothingHeld, openActions } from '../../test/support/server-holdings.ts';
import { SimulatedCloud, someone } from '../../test/support/simulated-cloud.ts';
import { ServerInWrongState } from '../compute/servers/errors.ts';
import type { ErasedStep } from '../lib/workflow/step.ts';
import type { WorkflowDefinition } from '../lib/workflow/workflow.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  cloud = new SimulatedCloud(database, { maxAttempts: 3 });
  await cloud.start('host-1', 'host-2');
});
afterEach(() => cloud.clear());

const WAIT = { timeout: 10_000, interval: 10 };
const rest = (id: string) => expect.poll(() => cloud.server(id), WAIT).toMatchObject({ taskState: null });

/** A boot that blocks in one step, before or after its effect, until it is cancelled; `reached` resolves when it is there. */
function stuckIn(name: string, when: 'before' | 'after') {
  const { promise: reached, resolve: arrive } = Promise.withResolvers<void>();
  const stay = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => {
      arrive();
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  const stuck = (step: ErasedStep): ErasedStep => ({
    ...step,
    do: async (scope, w) => {
      if (when === 'after') await step.do(scope, w);
      return await stay(w.signal);
    },
  });
  const override = (definition: WorkflowDefinition): WorkflowDefinition =>
    definition.name === 'boot-server'
      ? { ...definition, steps: definition.steps.map((step) => (step.name === name ? stuck(step) : step)) }
      : definition;
  return { override, reached };
}

const places = ['target', 'claim', 'ports', 'vifs', 'guest', 'active'].flatMap((step) =>
  (['before', 'after'] as const).map((when) => ({ step, when })),
);

test.for(places)('a delete cancels a boot $when the effect of $step, and nothing is left', async ({ step, when }) => {
  const { override, reached } = stuckIn(step, when);
  cloud.startEngine(override);
  const { id } = await cloud.boot();
  await reached;
  await cloud.api().delete(someone(), id);
  await expect.poll(() => cloud.server(id), WAIT).toMatchObject({ vmState: 'deleted', taskState: null });
  expect(await holdings(cloud)).toEqual(nothingHeld);
  expect(await openActions(cloud, id)).toEqual([]);
  // The workflow ends a moment after the server's record.
  const workflows = () => cloud.db.selectFrom('workflows').select(['definition', 'status']).orderBy('seq').execute();
  await expect.poll(workflows, WAIT).toEqual([
    { definition: 'boot-server', status: 'superseded' },
    { definition: 'delete-server', status: 'done' },
  ]);
});

test('a delete is never refused because a boot took a step', async () => {
  cloud.startEngine();
  const servers = await Promise.all(Array.from({ length: 10 }, () => cloud.boot()));
  // The servers boot one after the other, so each is deleted at a different stage.
  await Promise.all(servers.map(({ id }) => cloud.api().delete(someone(), id)));
  for (const { id } of servers) await expect.poll(() => cloud.server(id), WAIT).toMatchObject({ vmState: 'deleted' });
  expect(await holdings(cloud)).toEqual(nothingHeld);
});

test('of two concurrent deletes one does the work and both succeed', async () => {
  cloud.startEngine();
  const { id } = await cloud.boot();
  await rest(id);
  await Promise.all([cloud.api().delete(someone(), id), cloud.api().delete(someone(), id)]);
  await expect.poll(() => cloud.server(id), WAIT).toMatchObject({ vmState: 'deleted' });
  const deletes = await cloud.db.selectFrom('workflows').select('status').where('definition', '=', 'delete-server').execute();
  expect(deletes).toHaveLength(1);
  await expect(cloud.api().delete(someone(), id)).rejects.toMatchObject({ kind: 'not-found' });
});

test('of two concurrent actions one begins and the other is refused with the current state', async () => {
  cloud.startEngine();
  const { id } = await cloud.boot();
  await rest(id);
  const asked = await Promise.allSettled([cloud.api().act(someone(), id, 'pause', null), cloud.api().act(someone(), id, 'stop', null)]);
  const refused = asked.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  expect(refused).toHaveLength(1);
  expect(ServerInWrongState.is(refused[0])).toBe(true);
  expect(refused[0]).toMatchObject({
    kind: 'conflict',
    message: expect.stringMatching(/in (task_state (pausing|powering-off)|vm_state (paused|stopped))$/),
  });
  await rest(id);
  expect(['paused', 'stopped']).toContain((await cloud.server(id)).vmState);
});

test('a hard reboot cancels a stuck soft one, on the host too', async () => {
  cloud.startEngine();
  const { id } = await cloud.boot();
  await rest(id);
  const host = cloud.host((await cloud.server(id)).host);
  host.faults['reboot'] = { delayMs: 3_600_000 };
  await cloud.api().act(someone(), id, 'reboot', { type: 'soft' });
  await expect.poll(() => host.tasks.isBusy(id), WAIT).toBe(true);
  delete host.faults['reboot'];
  await cloud.api().act(someone(), id, 'reboot', { type: 'hard' });
  await rest(id);
  expect(await cloud.server(id)).toMatchObject({ vmState: 'active', powerState: 'running', fault: null });
  expect(await host.driver.consoleOutput(id)).toContain('boots=2');
  const actions = await cloud.db.selectFrom('instance_actions').select(['action', 'message', 'finished_at']).orderBy('id').execute();
  expect(actions).toEqual([
    { action: 'create', message: null, finished_at: expect.any(Date) },
    { action: 'reboot', message: 'Error', finished_at: expect.any(Date) },
    { action: 'reboot', message: null, finished_at: expect.any(Date) },
  ]);
});

test('a delete cancels a stuck action', async () => {
  cloud.startEngine();
  const { id } = await cloud.boot();
  await rest(id);
  const host = cloud.host((await cloud.server(id)).host);
  host.faults['powerOff'] = { delayMs: 3_600_000 };
  await cloud.api().act(someone(), id, 'stop', null);
  await expect.poll(() => host.tasks.isBusy(id), WAIT).toBe(true);
  await cloud.api().delete(someone(), id);
  await expect.poll(() => cloud.server(id), WAIT).toMatchObject({ vmState: 'deleted' });
  expect(await holdings(cloud)).toEqual(nothingHeld);
});

// Fault 2026-11 E2.
test('work that supersedes other work ends the open actions only: earlier ones keep their outcome and their time', async () => {
  cloud.startEngine();
  const { id } = await cloud.boot();
  await rest(id);
  for (const name of ['pause', 'unpause'] as const) {
    await cloud.api().act(someone(), id, name, null);
    await rest(id);
  }
  const actions = () => cloud.db.selectFrom('instance_actions').select(['action', 'message', 'finished_at']).orderBy('id').execute();
  const before = await actions();
  expect(before).toEqual(['create', 'pause', 'unpause'].map((action) => ({ action, message: null, finished_at: expect.any(Date) })));
  const host = cloud.host((await cloud.server(id)).host);
  host.faults['powerOff'] = { delayMs: 3_600_000 };
  await cloud.api().act(someone(), id, 'stop', null);
  await expect.poll(() => host.tasks.isBusy(id), WAIT).toBe(true);
  await cloud.api().delete(someone(), id);
  await expect.poll(() => cloud.server(id), WAIT).toMatchObject({ vmState: 'deleted' });
  expect(await actions()).toEqual([
    ...before,
    { action: 'stop', message: 'Error', finished_at: expect.any(Date) },
    { action: 'delete', message: null, finished_at: expect.any(Date) },
  ]);
});
