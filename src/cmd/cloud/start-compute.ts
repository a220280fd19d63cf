import { BuildSlots } from '../../compute/host/build-slots.ts';
import { ConsoleDoors } from '../../compute/host/console-doors.ts';
import type { ComputeDeps } from '../../compute/host/deps.ts';
import { computeManager } from '../../compute/host/manager.ts';
import { compareOnReturn } from '../../compute/host/reconciler/on-return.ts';
import { reconcileGuests } from '../../compute/host/reconciler/reconcile.ts';
import { trackResources } from '../../compute/host/resource-tracker.ts';
import { computeRpc } from '../../compute/rpcapi.ts';
import { taskReports } from '../../compute/host/task-reports.ts';
import { TaskRunner } from '../../compute/host/task-runner.ts';
import { type ConductorRpcApi, conductorRpc } from '../../conductor/rpcapi.ts';
import { atATime } from '../../lib/clock/at-a-time.ts';
import { repeat } from '../../lib/clock/periodic.ts';
import { messageOf } from '../../lib/errors/error-type.ts';
import { FileOffers } from '../../lib/handover/file-offers.ts';
import { clientOf } from '../../lib/rpc/client.ts';
import { serve } from '../../lib/rpc/serve.ts';
import { asId, type HostName, type TaskId } from '../../objects/ids.ts';
import type { VirtDriver } from '../../virt/driver.ts';
import { chooseHostKind, HOSTS_AT_ONCE, type HostKind, type LocalHost, localHosts } from './hosts.ts';
import { customInventoriesOf } from '../cpu-options.ts';
import { openVirtDriver } from './virt-drivers.ts';
import { keepHostsPresent } from './host-presence.ts';
import type { HostShared } from './shared.ts';

/** How long a guest may take to shut itself down (`shutdown_timeout`). */
const GRACE_MS = 60_000;

/** The interval of periodic work that is configured as 0, as in Nova. */
const DEFAULT_RATE_MS = 60_000;

/** Tasks that one host works on at a time; most of them wait for their server's turn or for a build slot. */
const TASKS_AT_ONCE = 100;

/** Starts the compute hosts of this program. Before they take work, they report and their guests are compared with the books. */
export async function startCompute(shared: HostShared): Promise<void> {
  const kind = await chooseHostKind(shared.runtime);
  const conductor = clientOf(conductorRpc, shared.bus);
  const hosts: Host[] = [];
  await atATime(HOSTS_AT_ONCE, localHosts(shared.runtime, kind), async (host) => {
    hosts.push(await openHost(shared, conductor, kind, host));
  });
  await startReports(shared, conductor, hosts);
  await keepHostsPresent(shared.runtime, hosts);
  await atATime(HOSTS_AT_ONCE, hosts, (host) => host.reconcile());
  startGuestChecks(shared, hosts);
  startImageAgeing(shared, hosts);
  const { config, clock, ids, log, life } = shared.runtime;
  const offers = new FileOffers({ address: config.DEFAULT.my_ip, clock, ids, log });
  life.hold('the handover of guests', offers, (open) => open.close());
  const doors = new ConsoleDoors({ address: config.DEFAULT.my_ip, clock, ids, log });
  life.hold('the consoles of guests', doors, (open) => open.close());
  await atATime(HOSTS_AT_ONCE, hosts, (host) => serveHost(shared, { offers, doors }, host));
}

interface Host {
  readonly host: HostName;
  readonly driver: VirtDriver;
  readonly tasks: TaskRunner;
  /** Compares its guests with the books. */
  reconcile(): Promise<void>;
  onReturn(): Promise<void>;
}

async function openHost({ runtime }: HostShared, conductor: ConductorRpcApi, kind: HostKind, local: LocalHost): Promise<Host> {
  const { life, clock, log, ids } = runtime;
  const host = local.name;
  const driver = await openVirtDriver(runtime, kind, local);
  await driver.start();
  life.hold('the hypervisor', driver, (open) => open.close());
  const tasks = new TaskRunner({ ...taskReports(conductor), clock, log });
  const isBusy = (serverId: Parameters<TaskRunner['isBusy']>[0]) => tasks.isBusy(serverId);
  const reconcile = reconcileGuests({ driver, conductor, host, isBusy, ids, log });
  return { host, driver, tasks, reconcile, onReturn: compareOnReturn({ host, reconcile, tasks, log }) };
}

/** Reports all hosts together, now and at intervals. */
async function startReports({ runtime }: HostShared, conductor: ConductorRpcApi, hosts: readonly Host[]): Promise<void> {
  const { config, ids, life } = runtime;
  const report = trackResources({ hosts, conductor, ids, customInventories: customInventoriesOf(config.compute.custom_inventories) });
  await report();
  const everyMs = config.DEFAULT.report_interval * 1000;
  life.run('the host reports', repeat({ name: 'report the hosts', everyMs, run: report }, { ...runtime, signal: life.signal }));
}

/** Compares the guests of each host with the books at intervals, one host after the other; a failure skips only that host. */
function startGuestChecks({ runtime }: HostShared, hosts: readonly Host[]): void {
  const { config, log, life } = runtime;
  const everyMs = config.DEFAULT.sync_power_state_interval * 1000;
  if (everyMs <= 0) return;
  const run = async (): Promise<void> => {
    for (const { host, reconcile } of hosts)
      await reconcile().catch((error: unknown) => {
        if (!life.signal.aborted) log.warn({ host, error: messageOf(error) }, 'guests could not be compared; trying again later');
      });
  };
  life.run('the guest checks', repeat({ name: 'compare guests', everyMs, run }, { ...runtime, signal: life.signal }));
}

/** Empties the image caches of what is no longer used, at intervals; a failure skips only that host. */
function startImageAgeing({ runtime }: HostShared, hosts: readonly Host[]): void {
  const { config, log, life } = runtime;
  const { manager_interval, remove_unused_base_images, remove_unused_original_minimum_age_seconds } = config.image_cache;
  if (manager_interval < 0 || !remove_unused_base_images) return;
  const everyMs = manager_interval * 1000 || DEFAULT_RATE_MS;
  const run = async (): Promise<void> => {
    for (const { host, driver } of hosts)
      await driver
        .ageOutImages(remove_unused_original_minimum_age_seconds * 1000)
        .catch((error: unknown) => log.warn({ host, error: messageOf(error) }, 'the image cache could not be emptied; trying again later'));
  };
  life.run('the image cache', repeat({ name: 'age out images', everyMs, run }, { ...runtime, signal: life.signal }));
}

/** What the hosts of a program share. */
type SharedByHosts = Pick<ComputeDeps, 'offers' | 'doors'>;

async function serveHost(
  { runtime, bus, tracer }: HostShared,
  byAll: SharedByHosts,
  { host, driver, tasks, reconcile }: Host,
): Promise<void> {
  const { config, life, log } = runtime;
  const builds = new BuildSlots(config.DEFAULT.max_concurrent_builds || Number.POSITIVE_INFINITY);
  const { device_detach_attempts: attempts, device_detach_timeout } = config.libvirt;
  const unplugging = { attempts, timeoutMs: device_detach_timeout * 1000 };
  const snapshots = new BuildSlots(config.DEFAULT.max_concurrent_snapshots || Number.POSITIVE_INFINITY);
  const manager = computeManager({
    driver,
    tasks,
    builds,
    snapshots,
    graceMs: GRACE_MS,
    ...byAll,
    unplugging,
    compareGuests: reconcile,
    trace: tracer,
  });
  const serving = await serve(bus, computeRpc, manager, {
    host,
    concurrency: TASKS_AT_ONCE,
    log,
    trace: tracer,
    onTaskRefused: (ctx, taskId, error) => tasks.refuse(ctx, asId<TaskId>(taskId), error),
  });
  life.hold('the compute host', serving, async (open) => {
    await tasks.close();
    await open.close();
  });
}
