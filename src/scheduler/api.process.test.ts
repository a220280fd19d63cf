import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { sampleFlavor, sampleImage } from '../../test/support/sample-server.ts';
import { defaultRules } from '../../test/support/scheduling-rules.ts';
import { SimulatedCloud, someone } from '../../test/support/simulated-cloud.ts';
import { SchedulerApi } from './api.ts';
import { UnknownPlacement } from './errors.ts';
import { renderPlacement } from './explanation-text.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;
let api: SchedulerApi;

beforeAll(async () => {
  database = await createTestDatabase();
  cloud = new SimulatedCloud(database, { maxAttempts: 1 });
  await cloud.start();
  await cloud.addHost('host-1', { memoryMb: 2_000 });
  await cloud.addHost('host-2', { memoryMb: 1_000 });
  cloud.startEngine();
  api = new SchedulerApi({ db: database.db, rules: defaultRules, downAfterSeconds: 60 });
});
afterAll(async () => {
  await cloud?.stop();
  await database?.drop();
});

const settled = (id: string) => expect.poll(() => cloud.server(id), { timeout: 20_000 }).toMatchObject({ taskState: null });

/** Boots a server of so much memory. */
async function boot(ramMb: number, ctx = someone()): Promise<string> {
  const flavor = { ...sampleFlavor, ramMb };
  const { id } = await cloud.boot(
    {},
    { ctx, resolve: async (_ctx, request) => ({ request, flavor, image: sampleImage, volumes: [], publicKey: null }) },
  );
  await settled(id);
  return id;
}

test('a placed server is explained as if it had no host yet, with what was decided', async () => {
  const ctx = someone();
  const id = await boot(1_500, ctx);
  for (const asked of [id, ctx.requestId]) {
    const [placement] = await api.explain(asked);
    expect(placement).toMatchObject({
      serverId: id,
      decisions: [{ requestId: ctx.requestId, chosen: 'host-1' }],
      now: { winner: 'host-1', smallestChange: undefined },
    });
    const { hosts = [] } = placement?.now ?? {};
    expect(hosts).toMatchObject([
      { host: 'host-1', weight: expect.any(Number) },
      { host: 'host-2', wouldFit: ['with 500 MB of memory less'] },
    ]);
  }
  await cloud.api().delete(someone(), id);
  await settled(id);
});

test('a server that fits nowhere is told with the smallest change that would help', async () => {
  const id = await boot(2_500);
  const [placement] = await api.explain(id);
  const text = placement ? renderPlacement(placement) : '';
  expect(text).toContain('RamFilter refused 2 of 2');
  expect(text).toContain('now: no host; it would fit with 500 MB of memory less');
  expect(text).toContain(
    '    host-1 (nova) refused, would fit with 500 MB of memory less\n      RamFilter: 2000 MB of memory free, 2500 MB wanted',
  );
});

test('what is no server and no request is not found', async () => {
  for (const id of ['nobody', 'req-00000000-0000-4000-8000-000000000000', '00000000-0000-4000-8000-000000000000'])
    await expect(api.explain(id)).rejects.toSatisfy(UnknownPlacement.is);
});
