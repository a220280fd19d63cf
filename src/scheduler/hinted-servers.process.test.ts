import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { SimulatedCloud } from '../../test/support/simulated-cloud.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** Hosts of increasing size: without hints every server goes to the last one. */
beforeEach(async () => {
  cloud = new SimulatedCloud(database, { maxAttempts: 1 });
  await cloud.start();
  for (const n of [1, 2, 3]) await cloud.addHost(`host-${n}`, { memoryMb: n * 32_000 });
  cloud.startEngine();
});
afterEach(() => cloud.clear());

async function booted(schedulerHints: Record<string, unknown> = {}) {
  const { id } = await cloud.boot({ schedulerHints });
  await expect.poll(() => cloud.server(id), { timeout: 20_000, interval: 20 }).toMatchObject({ taskState: null });
  return cloud.server(id);
}

test('a server goes where none of those are that its hint shuns, and then where one is that its hint seeks', async () => {
  const first = await booted();
  expect(first.host).toBe('host-3');
  const second = await booted({ different_host: first.id });
  expect(second.host).toBe('host-2');
  expect((await booted({ different_host: [first.id, second.id] })).host).toBe('host-1');
  expect((await booted({ same_host: [second.id] })).host).toBe('host-2');
  const nowhere = await booted({ same_host: second.id, different_host: [second.id] });
  expect(nowhere.vmState).toBe('error');
  expect(nowhere.fault?.message).toBe(
    `No valid host was found. SameHostFilter refused 2 of 3 hosts: server ${second.id} is not there; ` +
      `DifferentHostFilter refused 1 of 1 host: server ${second.id} is there.`,
  );
});

test('servers of other projects, deleted ones and what is no server count as not there', async () => {
  const stranger = await booted();
  await cloud.db.updateTable('servers').set({ project_id: 'project-2' }).where('id', '=', stranger.id).execute();
  const gone = await booted();
  await cloud.db.updateTable('servers').set({ vm_state: 'deleted' }).where('id', '=', gone.id).execute();
  for (const id of [stranger.id, gone.id]) {
    expect((await booted({ different_host: [id] })).host).toBe('host-3');
    expect((await booted({ same_host: id })).vmState).toBe('error');
  }
  expect((await booted({ same_host: 'no uuid' })).fault?.message).toContain('server no uuid is not there');
});
