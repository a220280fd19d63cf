import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { holdings, nothingHeld, openActions } from '../../../../test/support/server-holdings.ts';
import { SimulatedCloud, someone } from '../../../../test/support/simulated-cloud.ts';
import { deleteServerRef } from '../../../operations/workflows.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  cloud = new SimulatedCloud(database, { maxAttempts: 1 });
  await cloud.start('host-1');
  cloud.startEngine();
});
afterEach(() => cloud.clear());

const WAIT = { timeout: 60_000, interval: 20 };
const rest = (id: string) => expect.poll(() => cloud.server(id), WAIT).toMatchObject({ taskState: null });

/** A running server that is being deleted, on a host that cannot destroy it. */
async function undestroyable() {
  const { id } = await cloud.boot();
  await rest(id);
  expect(await cloud.server(id)).toMatchObject({ vmState: 'active' });
  cloud.host('host-1').faults['destroy'] = { failureRate: 1 };
  await cloud.api().delete(someone(), id);
  return id;
}

const deletes = () =>
  cloud.db
    .selectFrom('workflows')
    .select(['status', 'step', 'attempt'])
    .where('definition', '=', deleteServerRef.name)
    .orderBy('seq')
    .execute();

test('destroying a guest is retried, unnoticed by the owner', { timeout: 120_000 }, async () => {
  const id = await undestroyable();
  await expect.poll(async () => (await deletes())[0]?.attempt ?? 0, WAIT).toBeGreaterThan(2);
  expect(await cloud.server(id)).toMatchObject({ vmState: 'active', taskState: 'deleting', fault: null });
  delete cloud.host('host-1').faults['destroy'];
  await rest(id);
  expect(await cloud.server(id)).toMatchObject({ vmState: 'deleted', fault: null });
  expect(await holdings(cloud)).toEqual(nothingHeld);
});

test('a guest that cannot be destroyed ends the delete in error after some retries, and the next delete finishes it', {
  timeout: 120_000,
}, async () => {
  const id = await undestroyable();
  await rest(id);
  const { vmState, fault } = await cloud.server(id);
  expect([vmState, fault?.code]).toEqual(['error', 500]);
  expect(fault?.message).toBe(`The hypervisor could not destroy the guest of server ${id}, even with retries.`);
  expect(fault?.details).toMatch(/^GuestNotDestroyed: [\s\S]*because SimulatedFailure: /);
  expect(await deletes()).toMatchObject([{ status: 'undone' }]);
  expect(await openActions(cloud, id)).toEqual([]);
  delete cloud.host('host-1').faults['destroy'];
  await cloud.api().delete(someone(), id);
  await rest(id);
  expect(await cloud.server(id)).toMatchObject({ vmState: 'deleted' });
  expect(await holdings(cloud)).toEqual(nothingHeld);
});
