import { BuildSlots } from '../../compute/build-slots.ts';
import { computeManager } from '../../compute/manager.ts';
import { reconcileGuests } from '../../compute/reconciler/reconcile.ts';
import { trackResources } from '../../compute/resource-tracker.ts';
import { computeRpc } from '../../compute/rpcapi.ts';
import { TaskRunner } from '../../compute/task-runner.ts';
import { type ConductorRpcApi, conductorRpc } from '../../conductor/rpcapi.ts';
import { repeat } from '../../lib/clock/periodic.ts';
import { clientOf } from '../../lib/rpc/client.ts';
import { serve } from '../../lib/rpc/serve.ts';
import type { VirtDriver } from '../../virt/driver.ts';
import { chooseHostKind, type HostKind, type LocalHost, localHosts } from './hosts.ts';
import { openVirtDriver } from './virt-drivers.ts';
import type { HostShared } from './shared.ts';

/** How long a guest may take to shut itself down (`shutdown_timeout`). */
const GRACE_MS = 60_000;

/** Tasks that one host works on at a time; most of them wait for their server's turn or for a build slot. */
const TASKS_AT_ONCE = 100;

/** Starts the compute hosts of this program. */
export async function startCompute(shared: HostShared): Promise<void> {
  const kind = await chooseHostKind(shared.runtime);
  for (const host of localHosts(shared.runtime, kind)) await startHost(shared, kind, host);
}

async function startHost(shared: HostShared, kind: HostKind, host: LocalHost): Promise<void> {
  const { runtime, bus, tracer } = shared;
  const { life, clock, log, config } = runtime;
  const driver = await openVirtDriver(runtime, kind, host);
  await driver.start();
  life.hold('the hypervisor', driver, (open) => open.close());
  const conductor = clientOf(conductorRpc, bus);
  const tasks = new TaskRunner({
    isWanted: (ctx, taskId) => conductor.isTaskWanted(ctx, { taskId }),
    report: (ctx, taskId, error) => conductor.reportTask(ctx, { taskId, ...(error ? { error } : {}) }),
    clock,
    log,
  });
  const builds = new BuildSlots(config.DEFAULT.max_concurrent_builds || Number.POSITIVE_INFINITY);
  await startPeriodicWork(shared, host, { driver, conductor, tasks });
  const manager = computeManager({ driver, tasks, builds, graceMs: GRACE_MS, trace: tracer });
  const serving = await serve(bus, computeRpc, manager, { host: host.name, concurrency: TASKS_AT_ONCE, log, trace: tracer });
  life.hold('the compute host', serving, async (open) => {
    await tasks.close();
    await open.close();
  });
}

interface HostParts {
  readonly driver: VirtDriver;
  readonly conductor: ConductorRpcApi;
  readonly tasks: TaskRunner;
}

/** Reports the host and compares its guests with the books: once before it takes work, then at intervals. */
async function startPeriodicWork({ runtime }: HostShared, host: LocalHost, { driver, conductor, tasks }: HostParts): Promise<void> {
  const { config, ids, log, clock, life } = runtime;
  const isBusy = (serverId: Parameters<TaskRunner['isBusy']>[0]) => tasks.isBusy(serverId);
  const report = trackResources({ driver, conductor, host: host.name, ids });
  const reconcile = reconcileGuests({ driver, conductor, host: host.name, isBusy, ids, log });
  await report();
  await reconcile();
  const { report_interval, sync_power_state_interval } = config.DEFAULT;
  const every = { clock, log, signal: life.signal };
  life.run('the host reports', repeat({ name: 'report the host', everyMs: report_interval * 1000, run: report }, every));
  if (sync_power_state_interval > 0)
    life.run('the guest checks', repeat({ name: 'compare guests', everyMs: sync_power_state_interval * 1000, run: reconcile }, every));
}
