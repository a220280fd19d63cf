import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database.ts';
import { SimulatedCloud } from '../../../../../test/support/simulated-cloud.ts';
import { openFace, type SimulatedFace } from '../../../../../test/support/simulated-face.ts';
import { until } from '../../../../../test/support/until.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;
let face: SimulatedFace;

beforeAll(async () => {
  database = await createTestDatabase();
  cloud = new SimulatedCloud(database, { maxAttempts: 1 });
  await cloud.start('host-1');
  cloud.startEngine();
  cloud.host('host-1').faults['triggerCrashDump'] = { delayMs: 300 };
  face = await openFace(cloud);
});
afterAll(async () => {
  await face?.close();
  await cloud?.stop();
  await database?.drop();
});

const show = async (id: string, at = '2.90') => (await face.ask('GET', `/servers/${id}`, { at, as: 'admin' })).body.server;
const settled = (id: string) =>
  until(async () => (await cloud.server(id)).taskState === null, { what: `server ${id} is settled`, timeoutMs: 20_000 });
const words = (answer: { body: Record<string, { message: string }> }) => Object.values(answer.body)[0]?.message;
const actions = async (id: string) =>
  (await face.ask('GET', `/servers/${id}/os-instance-actions`)).body.instanceActions.map((one: { action: string; message: string }) => [
    one.action,
    one.message,
  ]);

describe('a crash dump', () => {
  test('is triggered without a task state, beside which others work, and is told of as an action', async () => {
    const id = await face.boot();
    expect((await face.act(id, { trigger_crash_dump: null }, { at: '2.16' })).status).toBe(404);
    expect((await face.act(id, { trigger_crash_dump: {} }, { at: '2.17' })).status).toBe(400);
    expect((await face.act(id, { trigger_crash_dump: null }, { at: '2.17' })).status).toBe(202);
    expect(await show(id)).toMatchObject({ status: 'ACTIVE', 'OS-EXT-STS:task_state': null });
    // It waits for what is going on, and does not end it.
    expect((await face.act(id, { pause: null })).status).toBe(202);
    await settled(id);
    await until(async () => (await actions(id)).every(([, message]: [string, string | null]) => message === null), {
      what: 'both have ended',
      timeoutMs: 20_000,
    });
    expect((await actions(id)).map(([name]: [string]) => name)).toEqual(['pause', 'trigger_crash_dump', 'create']);
    expect((await cloud.server(id)).vmState).toBe('paused');
    expect((await cloud.host('host-1').driver.consoleOutput((await cloud.server(id)).id)).match(/NMI received/g)).toHaveLength(1);
  });

  test('is 501 where the host has said that its hypervisor cannot, and 409 from a stopped server', async () => {
    const id = await face.boot();
    await cloud.db.updateTable('compute_nodes').set({ capabilities: '[]' }).execute();
    const refused = await face.act(id, { trigger_crash_dump: null }, { at: '2.17' });
    expect([refused.status, words(refused)]).toEqual([501, 'The hypervisor of the server cannot trigger a crash dump']);
    await cloud.db.updateTable('compute_nodes').set({ capabilities: null }).execute();
    await face.act(id, { 'os-stop': null });
    await settled(id);
    expect((await face.act(id, { trigger_crash_dump: null }, { at: '2.17' })).status).toBe(409);
  });
});
