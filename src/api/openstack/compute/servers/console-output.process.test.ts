import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database.ts';
import { sampleImage } from '../../../../../test/support/sample-server.ts';
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
  face = await openFace(cloud);
});
afterAll(async () => {
  await face?.close();
  await cloud?.stop();
  await database?.drop();
});

const ask = (id: string) => face.act(id, { 'os-getConsoleOutput': { length: 1 } });

describe('the console of a server without a guest', () => {
  test('is 409 while it is rebuilt, and 404 when nothing is being done to it', async () => {
    const { driver, faults } = cloud.host('host-1');
    const id = await face.boot();
    expect((await ask(id)).status).toBe(200);
    faults['spawn'] = { delayMs: 1_500 };
    expect((await face.act(id, { rebuild: { imageRef: sampleImage.id } })).status).toBe(202);
    await until(async () => (await cloud.server(id)).taskState === 'rebuild_spawning', {
      what: 'the guest is made anew',
      timeoutMs: 20_000,
    });
    const busy = await ask(id);
    expect([busy.status, busy.body.conflictingRequest?.message]).toEqual([409, `Instance ${id} is not ready`]);
    delete faults['spawn'];
    await until(async () => (await cloud.server(id)).taskState === null, { what: 'the rebuild has ended', timeoutMs: 20_000 });
    await driver.destroy((await cloud.server(id)).id);
    expect((await ask(id)).status).toBe(404);
  });

  test('is 409 when the work that left it without a guest has ended meanwhile', async () => {
    const id = await face.boot();
    const { driver } = cloud.host('host-1');
    await driver.destroy((await cloud.server(id)).id);
    const read = driver.consoleOutput.bind(driver);
    driver.consoleOutput = async (...asked) => {
      await cloud.db
        .updateTable('servers')
        .set({ updated_at: new Date(Date.now() + 1_000) })
        .where('id', '=', id)
        .execute();
      return await read(...asked);
    };
    expect((await ask(id)).status).toBe(409);
  });
});
