/** A volume service in one process: its API, a conductor's engine and a simulated storage host, on a memory bus and a real database. */
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { taskReports } from '../../src/compute/host/task-reports.ts';
import { TaskRunner } from '../../src/compute/host/task-runner.ts';
import { ConductorApi } from '../../src/conductor/api.ts';
import { ConductorManager } from '../../src/conductor/manager.ts';
import { conductorRpc } from '../../src/conductor/rpcapi.ts';
import { workOnHost } from '../../src/conductor/workflows/steps/work-on-host.ts';
import { type Clock, systemClock } from '../../src/lib/clock/clock.ts';
import { systemIds } from '../../src/lib/clock/ids.ts';
import { silentLog } from '../../src/lib/log/log.ts';
import { clientOf } from '../../src/lib/rpc/client.ts';
import { memoryBus } from '../../src/lib/rpc/memory/memory-bus.ts';
import { serve } from '../../src/lib/rpc/serve.ts';
import { noTrace } from '../../src/lib/rpc/trace.ts';
import { WorkflowEngine } from '../../src/lib/workflow/engine.ts';
import { report } from '../../src/lib/workflow/report.ts';
import { asId, type HostName, type ServerId } from '../../src/objects/ids.ts';
import { novaPolicy } from '../../src/policy/policy.ts';
import { ServiceGroup } from '../../src/servicegroup/api.ts';
import { volumeServiceGroup } from '../../src/servicegroup/drivers/volume.ts';
import { VolumeHostsApi } from '../../src/volume/api/hosts.ts';
import { VolumeApi } from '../../src/volume/api.ts';
import { FakeVolumeDriver } from '../../src/volume/drivers/fake/driver.ts';
import { BackupFiles } from '../../src/volume/drivers/files/backup-files.ts';
import type { ImageTransfers } from '../../src/volume/driver.ts';
import { Backups } from '../../src/volume/host/backups.ts';
import { Connections } from '../../src/volume/host/connections.ts';
import { volumeManager } from '../../src/volume/host/manager.ts';
import type { VolumeLimits } from '../../src/volume/quota.ts';
import { volumeRpc } from '../../src/volume/rpcapi.ts';
import type { VolumeWorkflowDeps } from '../../src/volume/workflows/deps.ts';
import { volumeWorkflows } from '../../src/volume/workflows/index.ts';
import type { TestDatabase } from './database.ts';
import { SimulatedImages } from './simulated-images.ts';

/** Timeouts of minutes pass in seconds. */
const SPEED = 20;
const hasty: Clock = {
  now: () => systemClock.now(),
  monotonicMs: () => systemClock.monotonicMs() * SPEED,
  sleep: (ms, signal) => systemClock.sleep(ms / SPEED, signal),
};

const ids = systemIds;
const log = silentLog;

/** The address of the one storage host. */
export const VOLUME_HOST = 'store@fake';

const roomy: VolumeLimits = {
  volumes: -1,
  snapshots: -1,
  gigabytes: -1,
  per_volume_gigabytes: -1,
  backups: -1,
  backup_gigabytes: -1,
  groups: -1,
};

export class SimulatedVolumes {
  readonly bus = memoryBus({ clock: systemClock, ids, log, hostGraceMs: 20 });
  readonly images = new SimulatedImages();
  readonly deps: VolumeWorkflowDeps;
  readonly #database: TestDatabase;
  #driver: FakeVolumeDriver | undefined;
  #backups: Backups | undefined;
  #directory = '';
  #serving: Awaited<ReturnType<typeof serve>> | undefined;
  #engine: WorkflowEngine | undefined;

  /** @param tellGrown is told of the servers of volumes that have grown */
  constructor(database: TestDatabase, tellGrown: VolumeWorkflowDeps['tellGrown'] = async () => {}) {
    this.#database = database;
    const { db } = database;
    const volume = clientOf(volumeRpc, this.bus);
    const work = {
      clock: hasty,
      log,
      serviceGroup: { isUp: async () => true },
      compute: { abortTask: volume.abortTask },
      options: { hostWorkTimeoutMs: 600_000 },
    };
    this.deps = {
      db,
      volume,
      images: this.images,
      group: { isUp: async () => true },
      onHost: (w, host, send) => workOnHost(work, w, asId<HostName>(host), send),
      tellGrown,
      clock: hasty,
      ids,
    };
  }

  get db(): TestDatabase['db'] {
    return this.#database.db;
  }

  get #group(): ServiceGroup {
    return new ServiceGroup(volumeServiceGroup(this.db), { reportIntervalMs: 1_000, downAfterSeconds: 3_600 }, { clock: hasty, log });
  }

  get driver(): FakeVolumeDriver {
    if (!this.#driver) throw new Error('the volumes are not started');
    return this.#driver;
  }

  get backups(): Backups {
    if (!this.#backups) throw new Error('the volumes are not started');
    return this.#backups;
  }

  /** Starts everything but the engine. */
  async start(): Promise<void> {
    const { db } = this;
    this.#directory = await mkdtemp(join(tmpdir(), 'nova-volumes-'));
    const images: Pick<ImageTransfers, 'send'> = {
      send: (target, file, { signal }) => this.images.take(target, { sizeBytes: 1, open: () => createReadStream(file) }, signal),
    };
    this.#backups = new Backups(await BackupFiles.open(join(this.#directory, 'backups'), ids));
    this.#driver = new FakeVolumeDriver({ directory: this.#directory, images, backups: this.#backups });
    await this.#driver.start();
    const volumeHosts = new VolumeHostsApi({ db, group: this.#group });
    const space = { protocol: 'fake', totalGb: 1_000, freeGb: 1_000, driverVersion: '1', backupStore: this.backups.storeId };
    await volumeHosts.report(VOLUME_HOST, [{ name: `${VOLUME_HOST}#fake`, backendName: 'fake', ...space }]);
    const conductor = new ConductorManager({
      db,
      ids,
      run: (id) => void this.#engine?.run(id),
      report: async (taskId, outcome) => await (this.#engine?.report(taskId, outcome) ?? report(db, taskId, outcome)),
      serviceGroup: { beat: async () => [] },
      volumeHosts,
      allocationRules: { cpuAllocationRatio: 1, ramAllocationRatio: 1, diskAllocationRatio: 1, reservedMemoryMb: 0 },
    });
    await serve(this.bus, conductorRpc, conductor, { log });
    await this.startHost();
  }

  /** Starts the storage host, or starts it again: it then remembers no task. */
  async startHost(): Promise<void> {
    await this.stopHost();
    const { driver } = this;
    const tasks = new TaskRunner({ ...taskReports(clientOf(conductorRpc, this.bus)), clock: hasty, log });
    const manager = volumeManager({
      driver,
      connections: new Connections(driver, log),
      backups: this.backups,
      tasks: {
        run: (ctx, { taskId, volumeId }, act, options) => tasks.run(ctx, { taskId, serverId: asId<ServerId>(volumeId) }, act, options),
        abort: (taskId) => tasks.abort(taskId),
      },
      trace: noTrace,
    });
    this.#serving = await serve(this.bus, volumeRpc, manager, { host: VOLUME_HOST, concurrency: 10, log });
  }

  /** Stops the storage host; what it offers stays. */
  async stopHost(): Promise<void> {
    await this.#serving?.close();
    this.#serving = undefined;
  }

  /** Starts an engine that runs the workflows of volumes. */
  startEngine(): void {
    this.#engine = new WorkflowEngine({
      pool: this.#database.pool,
      clock: hasty,
      ids,
      log,
      owner: 'volume-conductor',
      definitions: volumeWorkflows(this.deps),
      concurrency: 8,
      isAlive: async () => true,
    });
    this.#engine.start();
  }

  api(limits: Partial<VolumeLimits> = {}, zone = 'nova'): VolumeApi {
    return new VolumeApi({
      db: this.db,
      ids,
      clock: systemClock,
      policy: novaPolicy(),
      conductor: new ConductorApi(clientOf(conductorRpc, this.bus), log),
      volume: this.deps.volume,
      images: this.deps.images,
      group: this.#group,
      quotaLimits: { ...roomy, ...limits },
      zone,
      defaultType: '__DEFAULT__',
    });
  }

  async stop(): Promise<void> {
    await this.#engine?.stop({ graceMs: 0 });
    await this.bus.close();
    await rm(this.#directory, { recursive: true, force: true });
  }
}
