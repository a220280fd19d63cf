/** What hosts report of their work: results, progress, unknown messages; and how their work is aborted. */
import { Type as t } from '@sinclair/typebox';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { holdings, nothingHeld } from '../../test/support/server-holdings.ts';
import { SimulatedCloud, someone } from '../../test/support/simulated-cloud.ts';
import { COMPUTE_CONTRACT } from '../compute/rpcapi.ts';
import { taskReports } from '../compute/host/task-reports.ts';
import { TaskRunner } from '../compute/host/task-runner.ts';
import { systemClock } from '../lib/clock/clock.ts';
import { systemIds } from '../lib/clock/ids.ts';
import { enqueue } from '../lib/workflow/enqueue.ts';
import { silentLog } from '../lib/log/log.ts';
import { clientOf } from '../lib/rpc/client.ts';
import { contract, type Manager, task } from '../lib/rpc/contract.ts';
import { serve } from '../lib/rpc/serve.ts';
import { workflow, type WorkflowDefinition } from '../lib/workflow/workflow.ts';
import { asId, type HostName, type ServerId, serverId, type TaskId, taskId } from '../objects/ids.ts';
import { performActionRef } from '../operations/workflows.ts';
import { conductorRpc } from './rpcapi.ts';
import { workOnHost } from './workflows/steps/work-on-host.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
afterEach(() => cloud.clear());

const WAIT = { timeout: 20_000, interval: 10 };
const rest = (id: string) => expect.poll(() => cloud.server(id), WAIT).toMatchObject({ taskState: null });

/** A cloud with one host. On the fast clock of its workflows a second lasts 50 ms. */
async function start(options: { hostWorkTimeoutMs?: number; progressEveryMs?: number } = {}) {
  const { progressEveryMs, ...more } = options;
  cloud = new SimulatedCloud(database, { maxAttempts: 1, ...more });
  await cloud.start();
  return await cloud.addHost('host-1', progressEveryMs === undefined ? {} : { progressEveryMs });
}

async function active(): Promise<ServerId> {
  const { id } = await cloud.boot();
  await expect.poll(() => cloud.server(id), WAIT).toMatchObject({ vmState: 'active', taskState: null });
  return id;
}

/** A contract of this test's own, served by a task runner of its own. */
const probeRpc = contract('probe', {
  measure: task({ params: { taskId, serverId }, reports: t.Object({ sizeMb: t.Integer() }) }),
  violate: task({ params: { taskId, serverId }, reports: t.Object({ sizeMb: t.Integer() }) }),
});

/** A result as a host of another release might report it; it does not fit the contract's type. */
const badResult = { sizeMb: 'huge' } as never;

/** Stores a workflow and waits for its end. */
async function ended(definition: WorkflowDefinition, input: { readonly serverId: ServerId }) {
  const id = systemIds.uuid();
  await enqueue(cloud.db, definition, { id, subject: input.serverId, input, ctx: someone() });
  const row = () => cloud.db.selectFrom('workflows').select(['status', 'failure']).where('id', '=', id).executeTakeFirstOrThrow();
  await expect.poll(async () => (await row()).status, WAIT).toMatch(/^(done|undone)$/);
  return await row();
}

test('a step resolves with the result that the host reports; one that violates the contract fails the step', async () => {
  await start();
  const host = asId<HostName>('host-1');
  const tasks = new TaskRunner({ ...taskReports(clientOf(conductorRpc, cloud.bus)), clock: systemClock, log: silentLog });
  const manager: Manager<typeof probeRpc> = {
    measure: (ctx, asked) => tasks.run(ctx, asked, async () => ({ sizeMb: 7 })),
    violate: (ctx, asked) => tasks.run(ctx, asked, async () => badResult),
  };
  await serve(cloud.bus, probeRpc, manager, { host, log: silentLog });
  const probe = clientOf(probeRpc, cloud.bus);
  const measured: number[] = [];
  const asking = (name: string, message: 'measure' | 'violate') =>
    workflow<{ serverId: ServerId }>(name)
      .step('size', {
        do: (input, w) => workOnHost(cloud.deps, w, host, (id) => probe[message](w.ctx, { host, taskId: id, serverId: input.serverId })),
      })
      // Compiles only with the result's declared type.
      .step('sum', { do: ({ size }) => void measured.push(size.sizeMb + 1) });
  // Replace two workflows that the engine knows.
  const [measuring, violating] = [asking('server-action', 'measure'), asking('delete-server', 'violate')];
  cloud.startEngine((known) => [measuring, violating].find(({ name }) => name === known.name) ?? known);
  const input = { serverId: asId<ServerId>(systemIds.uuid()) };
  expect(await ended(measuring, input)).toMatchObject({ status: 'done' });
  expect(measured).toEqual([8]);
  expect(await ended(violating, input)).toMatchObject({
    status: 'undone',
    failure: { code: 'MessageInvalid', params: { topic: 'probe', message: 'violate', part: 'result' } },
  });
});

test('long work on a live host does not time out, and its progress is visible', async () => {
  // The step times out after a second without a heartbeat, and the work takes four.
  const host = await start({ hostWorkTimeoutMs: 20_000, progressEveryMs: 100 });
  host.faults['spawn'] = { delayMs: 4_000 };
  cloud.startEngine();
  const { id } = await cloud.boot();
  const seen = new Set<number>();
  await expect
    .poll(async () => {
      const server = await cloud.server(id);
      if (server.taskState) seen.add(server.progress);
      return server;
    }, WAIT)
    .toMatchObject({ vmState: 'active', taskState: null, fault: null, progress: 0 });
  expect(seen.size).toBeGreaterThan(4);
  expect([...seen].filter((percent) => percent % 10 !== 0)).toEqual([]);
  // One attempt of one step: the text is its work's progress.
  const workflows = await cloud.db.selectFrom('workflows').select(['definition', 'heard']).execute();
  expect(workflows).toEqual([{ definition: 'boot-server', heard: 'spawn, slowly' }]);
});

test('a server shows no progress of a workflow that does not hold it', async () => {
  const host = await start({ progressEveryMs: 60 });
  cloud.startEngine();
  const id = await active();
  await cloud.stopEngines();
  const conductor = clientOf(conductorRpc, cloud.bus);
  const values = { id: 'w', definition: 'server-action', subject: id, status: 'running', step: 'perform', input: '{}', ctx: '{}' } as const;
  await cloud.db.insertInto('workflows').values(values).execute();
  const tell = (task: string) => conductor.taskProgress(someone(), { taskId: asId<TaskId>(task), percent: 40 });
  expect([await tell('w/perform'), await tell('w/settle')]).toEqual([true, false]);
  expect((await cloud.server(id)).progress).toBe(0);
  await cloud.db.updateTable('servers').set({ workflow_id: 'w', task_state: 'pausing' }).execute();
  expect([await tell('w/perform'), await tell('w/settle')]).toEqual([true, false]);
  expect((await cloud.server(id)).progress).toBe(40);
  expect(host.tasks.isBusy(id)).toBe(false);
});

test('a host is told to abort work whose step timed out', async () => {
  // The step times out after a second, without a heartbeat from the host.
  const host = await start({ hostWorkTimeoutMs: 20_000 });
  cloud.startEngine();
  const id = await active();
  host.faults['powerOff'] = { delayMs: 3_600_000 };
  await cloud.api().act(someone(), id, 'stop', null);
  await expect.poll(() => host.tasks.isBusy(id), WAIT).toBe(true);
  await rest(id);
  expect(await cloud.server(id)).toMatchObject({ vmState: 'active', fault: { message: expect.stringContaining('did not finish within') } });
  await expect.poll(() => host.tasks.isBusy(id), WAIT).toBe(false);
  expect(await host.driver.powerState(id)).toBe('running');
  // A late report is not stored.
  expect(await cloud.db.selectFrom('workflow_reports').select('task_id').where('task_id', 'like', '%/perform').execute()).toEqual([]);
});

test('a delete aborts a slow spawn before its own first step', async () => {
  const host = await start();
  host.faults['spawn'] = { delayMs: 3_600_000 };
  const go = Promise.withResolvers<void>();
  // The delete blocks in its first step until the test releases it.
  const held = (definition: WorkflowDefinition): WorkflowDefinition =>
    definition.name === 'delete-server'
      ? {
          ...definition,
          steps: definition.steps.map((step, n) =>
            n === 0 ? { ...step, do: (scope, w) => go.promise.then(() => step.do(scope, w)) } : step,
          ),
        }
      : definition;
  cloud.startEngine(held);
  const { id } = await cloud.boot();
  await expect.poll(() => host.tasks.isBusy(id), WAIT).toBe(true);
  await cloud.api().delete(someone(), id);
  await expect.poll(() => host.tasks.isBusy(id), WAIT).toBe(false);
  expect(await cloud.server(id)).toMatchObject({ taskState: 'deleting' });
  go.resolve();
  await expect.poll(() => cloud.server(id), WAIT).toMatchObject({ vmState: 'deleted' });
  expect(await holdings(cloud)).toEqual(nothingHeld);
});

test('work on hosts goes on when the conductor stops', async () => {
  const host = await start();
  host.faults['spawn'] = { delayMs: 1_000 };
  cloud.startEngine();
  const { id } = await cloud.boot();
  await expect.poll(() => host.tasks.isBusy(id), WAIT).toBe(true);
  await cloud.stopEngines();
  await systemClock.sleep(200);
  expect(host.tasks.isBusy(id)).toBe(true);
  cloud.startEngine();
  await expect.poll(() => cloud.server(id), WAIT).toMatchObject({ vmState: 'active', fault: null });
});

test('a message that a host does not know fails at once, with a fault that says why', async () => {
  const host = await start();
  cloud.startEngine();
  const id = await active();
  await cloud.stopEngines();
  // A newer conductor sent a message that this release does not know, and ended.
  const workflowId = systemIds.uuid();
  const task = asId<TaskId>(`${workflowId}/perform`);
  const input = { serverId: id, host: host.name, action: 'reboot', transition: 'rebootSoft', body: { type: 'SOFT' } } as const;
  await cloud.db.updateTable('servers').set({ workflow_id: workflowId, task_state: 'rebooting' }).execute();
  await enqueue(cloud.db, performActionRef, { id: workflowId, subject: id, input, ctx: someone() });
  await cloud.db.updateTable('workflows').set({ status: 'running', step: 'perform' }).where('id', '=', workflowId).execute();
  const message = { id: systemIds.uuid(), name: 'reflash', ctx: someone(), params: { taskId: task, serverId: id }, contract: 4711 };
  await cloud.bus.cast(
    { topic: 'compute', to: 'host', host: host.name },
    { id: message.id, name: message.name, body: JSON.stringify(message) },
  );
  const reports = () => cloud.db.selectFrom('workflow_reports').select('outcome').where('task_id', '=', task).execute();
  const error = { code: 'ContractTooOld', params: { message: 'reflash', needs: 4711 }, cause: { code: 'MessageUnknown' } };
  await expect.poll(reports, WAIT).toMatchObject([{ outcome: { error } }]);
  cloud.startEngine();
  await rest(id);
  const told = `compute.reflash needs contract 4711 of its receiver, which speaks contract ${COMPUTE_CONTRACT}.`;
  expect(await cloud.server(id)).toMatchObject({ vmState: 'active', fault: { message: told } });
});

test('a host with an older contract gets no messages that it does not know', async () => {
  const host = await start();
  const { compute } = cloud.deps;
  const abort = () => compute.abortTask(someone(), { host: host.name, taskId: asId<TaskId>('none/none') });
  await abort();
  await cloud.db.updateTable('compute_nodes').set({ contract: 1 }).execute();
  await expect(abort()).rejects.toMatchObject({ code: 'ContractTooOld', params: { message: 'abortTask', speaks: 1, needs: 2 } });
  await host.report();
  await abort();
});

test.each([
  ['rescue', { adminPassword: 'p' }, 'error'],
  ['shelve', null, 'active'],
] as const)('%s of a server that has lost its guest fails, and its undo finds nothing to do', async (name, input, vmState) => {
  const host = await start();
  cloud.startEngine();
  const id = await active();
  await host.driver.destroy(id);
  await cloud.api().act(someone(), id, name, input as never);
  await rest(id);
  expect(await cloud.server(id)).toMatchObject({ vmState, fault: { message: `Server ${id} has no guest on its host.` } });
});
