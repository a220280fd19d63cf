import { migrate } from '../src/db/connect/migrate.ts';
import { startEmbeddedPostgres } from '../src/db/embedded/start.ts';
import { openDatabase } from '../src/db/connect/open.ts';
import type { CellDb } from '../src/db/sql/queries.ts';
import { placeServer } from '../src/db/stores/hosts/claims.ts';
import { systemClock } from '../src/lib/clock/clock.ts';
import { systemIds } from '../src/lib/clock/ids.ts';
import { serviceContext } from '../src/lib/context/context.ts';
import { silentLog } from '../src/lib/log/log.ts';
import { clientOf } from '../src/lib/rpc/client.ts';
import { memoryBus } from '../src/lib/rpc/memory/memory-bus.ts';
import { serve } from '../src/lib/rpc/serve.ts';
import type { Flavor } from '../src/objects/flavor.ts';
import { asId, type ServerId } from '../src/objects/ids.ts';
import { SchedulerManager } from '../src/scheduler/manager.ts';
import { schedulerRpc, type SchedulerRpcApi } from '../src/scheduler/rpcapi.ts';
import { defaultRules } from '../test/support/scheduling-rules.ts';
import { newStateDir, removeStateDir } from './cloud.ts';
import { type Pace, paceOf, run } from './load.ts';
import { insertHosts, insertServers, keepReporting } from './simulated-hosts.ts';

// How long a conductor waits for a host: a scheduler call over the bus, with every filter and weigher, and then the claim. It uses its own
// database with the requested number of hosts, which report meanwhile.

const WARM_UPS = 50;
const REQUESTS = 1_000;
/** The workflow that holds the servers. */
const WORKFLOW_ID = 'bench';

/** Schedules servers one by one among so many hosts. */
export async function paceOfScheduling(hosts: number): Promise<Pace> {
  const end = new AbortController();
  const stateDir = await newStateDir();
  const server = await startEmbeddedPostgres({ stateDir, clock: systemClock, log: silentLog });
  const { db, close } = await openDatabase({ url: server.url, poolSize: 5, log: silentLog, applicationName: 'bench' });
  try {
    await migrate(db);
    const reporting = keepReporting(db, await insertHosts(db, hosts), end.signal);
    const pace = await paceOn(db);
    end.abort();
    await reporting;
    return pace;
  } finally {
    end.abort();
    await close();
    await server.stop();
    await removeStateDir(stateDir);
  }
}

async function paceOn(db: CellDb): Promise<Pace> {
  const bus = memoryBus({ clock: systemClock, ids: systemIds, log: silentLog });
  const manager = newScheduler(db);
  const serving = await serve(bus, schedulerRpc, manager, { log: silentLog });
  try {
    await manager.warmUp();
    const scheduler = clientOf(schedulerRpc, bus);
    const ids = await insertServers(db, WARM_UPS + REQUESTS, { name: 'bench', flavor, vmState: 'building', workflowId: WORKFLOW_ID });
    const next = ids.values();
    const one = () => schedule(db, scheduler, asId<ServerId>(next.next().value ?? ''));
    await run(WARM_UPS, one, { inFlight: 1 });
    return paceOf(await run(REQUESTS, one, { inFlight: 1 }));
  } finally {
    await serving.close();
    await bus.close();
  }
}

const newScheduler = (db: CellDb): SchedulerManager =>
  new SchedulerManager({ db, ids: systemIds, downAfterSeconds: 60, rules: defaultRules });

const flavor: Flavor = {
  id: 'bench',
  name: 'bench',
  vcpus: 1,
  ramMb: 512,
  rootGb: 1,
  ephemeralGb: 0,
  swapMb: 0,
  rxtxFactor: 1,
  isPublic: true,
  disabled: false,
  description: null,
  extraSpecs: {},
};

/** The part of a boot between its acceptance and its first message to a host. */
async function schedule(db: CellDb, scheduler: SchedulerRpcApi, serverId: ServerId): Promise<void> {
  const request = {
    serverId,
    projectId: 'bench',
    flavor,
    image: null,
    zone: 'nova',
    hints: {},
    excludedHosts: [],
    requestedHost: null,
  };
  const placement = await scheduler.selectDestination(serviceContext(`req-${systemIds.uuid()}`), { request });
  if (placement.kind === 'refused') throw new Error('no host was found');
  const placed = await placeServer(db, { serverId, host: placement.host, workflowId: WORKFLOW_ID });
  if (placed !== 'placed') throw new Error(`the host had no room after all: ${placed}`);
}
