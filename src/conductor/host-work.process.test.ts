/** What hosts tell of their work: results, progress, that they do not understand; and how they are told to stop. */
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

/** A cloud with one host. By the hasty clock of its workflows a second lasts 50 ms. */
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

/** Tasks of a contract of this test's own, done by a host that serves no other. */
const probeRpc = contract('probe', {
  measure: task({ params: { taskId, serverId }, reports: t.Object({ sizeMb: t.Integer() }) }),
  boast: task({ params: { taskId, serverId }, reports: t.Object({ sizeMb: t.Integer() }) }),
});

/** What a host might report that is of another age than the contract; the compiler of this one would refuse it. */
const boasted = { sizeMb: 'huge' } as never;

/** Writes a workflow down and waits for its end. */
async function ended(definition: WorkflowDefinition, input: { readonly serverId: ServerId }) {
  const id = systemIds.uuid();
  await enqueue(cloud.db, definition, { id, subject: input.serverId, input, ctx: someone() });
  const row = () => cloud.db.selectFrom('workflows').select(['status', 'failure']).where('id', '=', id).executeTakeFirstOrThrow();
  await expect.poll(async () => (await row()).status, WAIT).toMatch(/^(done|undone)$/);
  return await row();
}

test('what a host reports is what its step resolves with; what the contract does not promise fails the step', async () => {
  await start();
  const host = asId<HostName>('host-1');
  const tasks = new TaskRunner({ ...taskReports(clientOf(conductorRpc, cloud.bus)), clock: systemClock, log: silentLog });
  const manager: Manager<typeof probeRpc> = {
    measure: (ctx, asked) => tasks.run(ctx, asked, async () => ({ sizeMb: 7 })),
    boast: (ctx, asked) => tasks.run(ctx, asked, async () => boasted),
  };
  await serve(cloud.bus, probeRpc, manager, { host, log: silentLog });
  const probe = clientOf(probeRpc, cloud.bus);
  const measured: number[] = [];
  const asking = (name: string, message: 'measure' | 'boast') =>
    workflow<{ serverId: ServerId }>(name)
      .step('size', {
        do: (input, w) => workOnHost(cloud.deps, w, host, (id) => probe[message](w.ctx, { host, taskId: id, serverId: input.serverId })),
      })
      // It would not compile if the result were another one.
      .step('sum', { do: ({ size }) => void measured.push(size.sizeMb + 1) });
  // In the place of two workflows that the engine knows.
  const [measuring, boasting] = [asking('server-action', 'measure'), asking('delete-server', 'boast')];
  cloud.startEngine((known) => [measuring, boasting].find(({ name }) => name === known.name) ?? known);
  const input = { serverId: asId<ServerId>(systemIds.uuid()) };
  expect(await ended(measuring, input)).toMatchObject({ status: 'done' });
  expect(measured).toEqual([8]);
  expect(await ended(boasting, input)).toMatchObject({
    status: 'undone',
    failure: { code: 'MessageInvalid', params: { topic: 'probe', message: 'boast', part: 'result' } },
  });
});

test('long work on a host that lives is not given up, and how far it is can be seen meanwhile', async () => {
  // The step waits for word for a second, and the work takes four.
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
  // One try of one step: the words are those of its work.
  const workflows = await cloud.db.selectFrom('workflows').select(['definition', 'heard']).execute();
  expect(workflows).toEqual([{ definition: 'boot-server', heard: 'spawn, slowly' }]);
});

test('a server shows no progress of a workflow that does not hold it any more', async () => {
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

test('a host is told to stop work that nobody waits for any more', async () => {
  // The step waits for a second, and the host says nothing meanwhile.
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
  // Nobody would read it.
  expect(await cloud.db.selectFrom('workflow_reports').select('task_id').where('task_id', 'like', '%/perform').execute()).toEqual([]);
});

test('a slow spawn stops as soon as a delete makes its boot give way, before the delete does anything', async () => {
  const host = await start();
  host.faults['spawn'] = { delayMs: 3_600_000 };
  const go = Promise.withResolvers<void>();
  // The delete waits at its first step until the test lets it go on.
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

test('a conductor that stops does not stop the work of its hosts', async () => {
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

test('what a host does not understand fails at once, and the owner of the server reads why', async () => {
  const host = await start();
  cloud.startEngine();
  const id = await active();
  await cloud.stopEngines();
  // A conductor of a later age asked for something that this program has never heard of, and ended.
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

test('a host that told an older contract is not sent what it does not know, and its reports say which it speaks', async () => {
  const host = await start();
  const { compute } = cloud.deps;
  const abort = () => compute.abortTask(someone(), { host: host.name, taskId: asId<TaskId>('none/none') });
  await abort();
  await cloud.db.updateTable('compute_nodes').set({ contract: 1 }).execute();
  await expect(abort()).rejects.toMatchObject({ code: 'ContractTooOld', params: { message: 'abortTask', speaks: 1, needs: 2 } });
  await host.report();
  await abort();
});
