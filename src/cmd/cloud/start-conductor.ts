import { reconcileBooks } from '../../books/reconcile.ts';
import { ConductorManager } from '../../conductor/manager.ts';
import { conductorRpc } from '../../conductor/rpcapi.ts';
import { actionEvents } from '../../conductor/workflows/steps/action-events.ts';
import type { WorkflowDeps } from '../../conductor/workflows/deps.ts';
import { allWorkflows } from '../../conductor/workflows/index.ts';
import { HOST_WORK_TIMEOUT_MS } from '../../conductor/workflows/steps/work-on-host.ts';
import { repeat } from '../../lib/clock/periodic.ts';
import { clientOf } from '../../lib/rpc/client.ts';
import { serve } from '../../lib/rpc/serve.ts';
import { WorkflowEngine } from '../../lib/workflow/engine.ts';
import { builtinNetworking } from '../../network/drivers/builtin/server-networking.ts';
import { networkRpc } from '../../network/rpcapi.ts';
import { schedulerRpc } from '../../scheduler/rpcapi.ts';
import { openBooks } from './books.ts';
import { imageSources, openImages, openImageStore, serverImages } from './images.ts';
import { hostLiveness } from './host-liveness.ts';
import { computeClient } from './compute-client.ts';
import type { Shared } from './shared.ts';
import { keepSoleName } from './sole-name.ts';
import { startNotifying } from './notifications.ts';
import { startHousekeeping } from './housekeeping.ts';
import { startEndingOverdue } from './overdue-servers.ts';
import { startUsageAudits } from './usage-audit.ts';
import { traceWorkflows } from './tracing.ts';
import { builtinServerVolumes } from '../../volume/builtin-server-volumes.ts';
import { VolumeHostsApi } from '../../volume/api/hosts.ts';
import { openDataStore } from './object-files.ts';
import { openPolicy } from './policy.ts';
import { openVolumes, volumeDefinitions, volumeGroup } from './volumes.ts';

/** Steps that one conductor works on at a time; waiting ones do not count. */
const STEPS_AT_ONCE = 64;

/** How long a stopping conductor lets running steps finish; another conductor, or the next start, resumes the rest. */
const GRACE_MS = 2_000;

/** How often the books are verified; one conductor does it at a time. */
const VERIFY_BOOKS_EVERY_MS = 10 * 60_000;

/** More live migrations than a host ever does: an unlimited number. */
const UNLIMITED = 1_000_000;

const workflowOptions = ({ config }: Shared['runtime']) => ({
  maxAttempts: config.scheduler.max_attempts,
  hostWorkTimeoutMs: HOST_WORK_TIMEOUT_MS,
  dhcpDomain: config.network.dhcp_domain,
  shelvedOffloadSeconds: config.DEFAULT.shelved_offload_time,
  liveMigrationsAtATime: config.DEFAULT.max_concurrent_live_migrations || UNLIMITED,
  volumeWait: {
    retries: config.DEFAULT.block_device_allocate_retries,
    intervalMs: config.DEFAULT.block_device_allocate_retries_interval * 1_000,
  },
});

/** Starts a conductor: runs workflows, and writes to the database for compute hosts. */
export async function startConductor(shared: Shared): Promise<void> {
  const { runtime, bus, db, pool, tracer, group } = shared;
  const { clock, ids, log, life, host, config } = runtime;
  const definitions = [...allWorkflows(await workflowDeps(shared)), ...(await volumeDefinitions(shared))];
  const member = { binary: 'nova-conductor', host };
  // Two engines of one name would run each other's workflows.
  await keepSoleName(shared, member);
  await group.join([member], life.signal);
  // Conductors choose the pools of volumes.
  await volumeGroup(shared).join([{ binary: 'cinder-scheduler', host }], life.signal);
  const isAlive = (owner: string) => group.isUp({ binary: member.binary, host: owner });
  const engine = new WorkflowEngine({
    pool,
    clock,
    ids,
    log,
    owner: host,
    definitions,
    concurrency: STEPS_AT_ONCE,
    isAlive,
    trace: traceWorkflows(tracer, runtime),
    chronicle: actionEvents,
  });
  engine.start();
  life.windDown('the workflows', () => engine.stop({ graceMs: GRACE_MS }));
  const manager = new ConductorManager({
    db,
    ids,
    run: (workflowId) =>
      void engine
        .run(workflowId)
        .catch((err: unknown) => log.warn({ err, workflowId }, 'a workflow could not be started; the sweep will retry it')),
    report: (taskId, outcome) => engine.report(taskId, outcome),
    serviceGroup: group,
    volumeHosts: new VolumeHostsApi({ db, group: volumeGroup(shared) }),
    allocationRules: {
      cpuAllocationRatio: config.DEFAULT.cpu_allocation_ratio,
      ramAllocationRatio: config.DEFAULT.ram_allocation_ratio,
      diskAllocationRatio: config.DEFAULT.disk_allocation_ratio,
      reservedMemoryMb: config.DEFAULT.reserved_host_memory_mb,
    },
  });
  life.hold('the conductor', await serve(bus, conductorRpc, manager, { log, trace: tracer }), (serving) => serving.close());
  startHousekeeping(shared, (what) => engine.prune(what));
  startEndingOverdue(shared);
  startUsageAudits(shared);
  startNotifying(shared);
  await startVerifying(shared);
}

const ELSEWHERE = { missing: 'they belong to another process' };

/** Verifies the books at intervals. */
async function startVerifying(shared: Shared): Promise<void> {
  const { runtime, bus } = shared;
  const { clock, ids, log, life } = runtime;
  // A conductor in one process with the image API and the object store sees their files; a separate conductor does not.
  const files =
    runtime.service === 'all'
      ? { images: await openImageStore(runtime), objects: await openDataStore(runtime) }
      : { images: ELSEWHERE, objects: ELSEWHERE };
  const verify = reconcileBooks({
    ...openBooks(runtime, shared, { bus, ...files }),
    ids,
    log,
  });
  life.run(
    'the books',
    repeat({ name: 'verify the books', everyMs: VERIFY_BOOKS_EVERY_MS, run: verify }, { clock, log, signal: life.signal }),
  );
}

/** What workflows work with. */
async function workflowDeps(shared: Shared): Promise<WorkflowDeps> {
  const { runtime, bus, db, group } = shared;
  const { clock, ids, log, config } = runtime;
  const images = await openImages(shared);
  return {
    db,
    scheduler: clientOf(schedulerRpc, bus),
    networking: builtinNetworking(clientOf(networkRpc, bus), log),
    compute: computeClient(shared),
    serviceGroup: hostLiveness(bus, group),
    images: { ...imageSources(images, config), ...serverImages(images, config) },
    volumes: builtinServerVolumes(openVolumes(shared, await openPolicy(runtime), images)),
    clock,
    ids,
    log,
    options: workflowOptions(runtime),
  };
}
