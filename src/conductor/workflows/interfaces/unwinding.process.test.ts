/** Interfaces are attached and detached as a whole or not at all, wherever that fails, is cancelled, repeats or crashes. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { crashSample, runsAtLeast } from '../../../../test/support/crash-sample.ts';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { bootedServer, type ProofWorld } from '../../../../test/support/proof-world.ts';
import { sampleServerId } from '../../../../test/support/sample-server.ts';
import { openActions } from '../../../../test/support/server-holdings.ts';
import { SimulatedCloud, someone } from '../../../../test/support/simulated-cloud.ts';
import type { SimulatedHost } from '../../../../test/support/simulated-host.ts';
import { saveAddresses } from '../../../db/stores/servers/addresses.ts';
import { systemIds } from '../../../lib/clock/ids.ts';
import { proveUnwinding } from '../../../lib/workflow/prove-unwinding.ts';
import { asId, type NetworkId, type PortId } from '../../../objects/ids.ts';
import { attachInterface } from './attach-interface.ts';
import { detachInterface } from './detach-interface.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;
let host: SimulatedHost;
let world: ProofWorld;
const serverId = sampleServerId();
const ctx = { ...someone(), requestId: 'req-proof' };

beforeAll(async () => {
  database = await createTestDatabase();
  cloud = new SimulatedCloud(database, { maxAttempts: 1 });
  await cloud.start('host-1');
  host = cloud.host('host-1');
  world = { cloud, ctx, serverId };
});
afterAll(async () => {
  await cloud.stop();
  await database.drop();
});

/** The server's network cards: by the books, by its record and in its guest they are the same, whatever happened. */
async function cards() {
  const rows = await cloud.db.selectFrom('ports').select(['status', 'server_id', 'mac_address']).execute();
  const { networkInfo } = await cloud.server(serverId);
  const ports = rows.map(({ mac_address }) => mac_address).sort();
  const shown = networkInfo.map(({ macAddress }) => macAddress).sort();
  const plugged = (await host.cardsOf(serverId)).map(({ macAddress }) => macAddress).sort();
  const agree = rows.every(({ status, server_id }) => status === 'ACTIVE' && server_id === serverId);
  const same = [shown, plugged].every((some) => some.join() === ports.join());
  return { ports: ports.length, wires: host.network.ports.length, agree: agree && same ? true : { rows, shown, plugged } };
}

/** Whether the action has ended with its workflow. */
async function actionPromise(): Promise<unknown> {
  const workflow = await cloud.db.selectFrom('workflows').select('status').executeTakeFirst();
  return !workflow || (await openActions(cloud, serverId)).length === 0;
}

const secondPort = asId<PortId>(systemIds.uuid());
const secondMac = 'fa:16:3e:00:00:02';

/** What gives the server of the test its second port. */
async function second() {
  const [network] = await cloud.db.selectFrom('networks').select('id').execute();
  return { networkId: asId<NetworkId>(network?.id ?? ''), newPortId: secondPort };
}

/** Gives the server its second port as an attachment does. */
async function attachSecond(): Promise<void> {
  const { db, networking } = cloud.deps;
  const { projectId, hostname } = await cloud.server(serverId);
  const asked = { serverId, projectId, hostname, requested: [await second()], securityGroups: [], fence: 0 };
  await networking.allocate(ctx, asked);
  await cloud.db.updateTable('ports').set({ mac_address: secondMac }).where('id', '=', secondPort).execute();
  await saveAddresses(db, serverId, await networking.allocate(ctx, asked));
  await networking.bind(ctx, { serverId, host: host.name, fence: 0 });
  for (const vif of await networking.activate(ctx, { serverId, host: host.name })) await host.driver.attachInterface(serverId, vif);
}

const afterAttaching = async () => ({ ...(await cards()), isOver: await actionPromise() });

test('an interface is attached as a whole or not at all, wherever it fails, is cancelled, repeats or crashes', {
  timeout: 300_000,
}, async () => {
  const runs = await proveUnwinding({
    db: database.db,
    pool: database.pool,
    sample: crashSample,
    input: { serverId, host: host.name, wanted: await second() },
    crashesInRepeats: false,
    world: async () => {
      await bootedServer(world, 'proof-attach-interface', { vmState: 'active', doing: 'attachInterface', action: 'attach_interface' });
      return { definition: attachInterface(cloud.deps), snapshot: afterAttaching };
    },
  });
  expect(runs).toBeGreaterThan(runsAtLeast(100));
});

/** A deleted port cannot come back: from the step that deletes it on, a failed detachment may have happened. */
async function afterDetaching() {
  const { ports, wires, ...rest } = await cards();
  const reached = await cloud.db.selectFrom('workflow_steps').select('step').where('step', '=', 'port').executeTakeFirst();
  const workflow = await cloud.db.selectFrom('workflows').select('status').executeTakeFirst();
  const left = workflow?.status === 'done' ? [1] : reached ? [1, 2] : [2];
  return { ...rest, isOver: await actionPromise(), ports: left.includes(ports) || { ports, left }, wires: wires === ports };
}

test('an interface is detached as a whole or not at all, wherever it fails, is cancelled, repeats or crashes', {
  timeout: 300_000,
}, async () => {
  const runs = await proveUnwinding({
    db: database.db,
    pool: database.pool,
    sample: crashSample,
    input: { serverId, host: host.name, portId: secondPort, macAddress: secondMac },
    crashesInRepeats: false,
    world: async () => {
      await bootedServer(world, 'proof-detach-interface', { vmState: 'active', doing: 'detachInterface', action: 'detach_interface' });
      await attachSecond();
      return { definition: detachInterface(cloud.deps), snapshot: afterDetaching };
    },
  });
  expect(runs).toBeGreaterThan(runsAtLeast(80));
});
