import { afterAll, beforeAll, expect, test } from 'vitest';
import { crashSample, runsAtLeast } from '../../../../test/support/crash-sample.ts';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { sampleImage } from '../../../../test/support/sample-server.ts';
import { SimulatedCloud } from '../../../../test/support/simulated-cloud.ts';
import { proveUnwinding } from '../../../lib/workflow/prove-unwinding.ts';
import { asId, type HostName } from '../../../objects/ids.ts';
import { cacheImages, cachingId } from './cache-images.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;

beforeAll(async () => {
  database = await createTestDatabase();
  cloud = new SimulatedCloud(database, { maxAttempts: 1 });
  await cloud.start('host-1');
});
afterAll(async () => {
  await cloud.stop();
  await database.drop();
});

const next = asId<HostName>('host-2');
const input = { chain: '5e0e0000-0000-4000-8000-000000000004', hosts: [asId<HostName>('host-1'), next], images: [sampleImage] };

/** What caching images promises: once it ended, the next host's turn has come; if it did its work, the host has the image. */
async function promise() {
  const rows = await cloud.db.selectFrom('workflows').select(['id', 'status']).execute();
  const status = new Map(rows.map((row) => [row.id, row.status]));
  const ended = status.get('proof-cache-images');
  const isNextBegun = status.has(cachingId({ ...input, hosts: [next] }));
  const isCached = cloud.host('host-1').driver.cachedImages.includes(sampleImage.id);
  const isKept = ended === undefined || (isNextBegun && (ended !== 'done' || isCached));
  return isKept ? 'kept' : { ended, isNextBegun, isCached };
}

test('images reach the caches of hosts, or the next host has its turn, wherever it fails, repeats or crashes', {
  timeout: 120_000,
}, async () => {
  const runs = await proveUnwinding({
    db: database.db,
    pool: database.pool,
    sample: crashSample,
    input,
    crashesInRepeats: false,
    world: async () => {
      await cloud.db.deleteFrom('workflows').execute();
      return { definition: cacheImages(cloud.deps), snapshot: promise };
    },
  });
  expect(runs).toBeGreaterThan(runsAtLeast(20));
});
