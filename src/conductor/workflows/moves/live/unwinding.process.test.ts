/** A live migration leaves a server whole on one of two hosts, wherever it fails, is cancelled, repeats or crashes. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { giveVolume, oneVolumeHere, volumesAgree } from '../../../../../test/support/attached-volume.ts';
import { crashSample } from '../../../../../test/support/crash-sample.ts';
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database.ts';
import { bootedServer } from '../../../../../test/support/proof-world.ts';
import { sampleFlavor, sampleServerId } from '../../../../../test/support/sample-server.ts';
import { holdings, openActions } from '../../../../../test/support/server-holdings.ts';
import { SimulatedCloud, someone } from '../../../../../test/support/simulated-cloud.ts';
import { insertMigration } from '../../../../db/stores/moves/migrations.ts';
import { proveUnwinding } from '../../../../lib/workflow/prove-unwinding.ts';
import { asId, type HostName } from '../../../../objects/ids.ts';
import { liveMigrateServer } from './live-migrate-server.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;
const serverId = sampleServerId();
const ctx = { ...someone(), requestId: 'req-proof' };
const [source, destination] = ['host-1', 'host-2'].map((name) => asId<HostName>(name)) as [HostName, HostName];
const migrationId = 'a5f5a1d1-6a1c-4a57-8f2e-0d3c7c1b2a91';

beforeAll(async () => {
  database = await createTestDatabase();
  cloud = new SimulatedCloud(database, { maxAttempts: 1 });
  await cloud.start(source, destination);
});
afterAll(async () => {
  await cloud.stop();
  await database.drop();
});

async function aboutToMove(workflowId: string): Promise<void> {
  await bootedServer({ cloud, ctx, serverId }, workflowId, { vmState: 'active', doing: 'liveMigrate', action: 'live-migration' });
  await giveVolume(cloud, ctx, serverId);
  const kind = { flavor: sampleFlavor, number: 1 };
  await database.db.transaction().execute((trx) =>
    insertMigration(trx, {
      id: migrationId,
      serverId,
      type: 'live-migration',
      status: 'accepted',
      source: { host: source, node: source },
      before: kind,
      after: kind,
      wasStopped: false,
      userId: ctx.userId,
      projectId: ctx.projectId,
    }),
  );
}

/**
 * What the server holds, as seen from where it is: once its guest has gone it stays there, whatever fails afterwards. The record of the
 * move, the action and the fault tell which it was.
 */
async function promise() {
  const { vmState, taskState, workflowId, fault, host, launchedAt } = await cloud.server(serverId);
  const { guests, placements, plugged, used } = await holdings(cloud);
  const held = { guests, placements: placements.map((one) => one.host), plugged, used: used.map((one) => one.host) };
  expect(held).toEqual({ guests: [`running on ${host}`], placements: [host], plugged: [host], used: [host] });
  expect(await volumesAgree(cloud, serverId)).toEqual(oneVolumeHere);
  const workflow = await database.db.selectFrom('workflows').select('status').executeTakeFirst();
  if (!workflow) return { vmState, launchedAt };
  const { status } = await database.db.selectFrom('server_migrations').select('status').executeTakeFirstOrThrow();
  const open = (await openActions(cloud, serverId)).length;
  expect({ taskState, workflowId, open }).toEqual({ taskState: null, workflowId: null, open: 0 });
  const hasGone = host === destination;
  expect({ hasGone, isKnown: hasGone ? status === 'completed' : ['error', 'failed', 'cancelled'].includes(status) }).toEqual({
    hasGone,
    isKnown: true,
  });
  expect(fault !== null).toBe(!hasGone && status !== 'cancelled');
  if (workflow.status === 'done') expect(hasGone).toBe(true);
  return { vmState, launchedAt };
}

test('a live migration does all or nothing', { timeout: 300_000 }, async () => {
  const runs = await proveUnwinding({
    db: database.db,
    pool: database.pool,
    // It has many steps, and each run boots a server: fewer crashes than elsewhere, unless all are wanted.
    sample: crashSample && { ...crashSample, oneOf: 4 * crashSample.oneOf },
    input: {
      serverId,
      migrationId,
      host: source,
      flavor: sampleFlavor,
      requestedHost: null,
      isForced: false,
      copiesDisks: null,
      excludedHosts: [source],
      attemptNumber: 1,
    },
    crashesInRepeats: false,
    world: async () => {
      await aboutToMove('proof-live-migrate-server');
      return { definition: liveMigrateServer(cloud.deps), snapshot: promise };
    },
  });
  expect(runs).toBeGreaterThan(crashSample ? 60 : 200);
});
