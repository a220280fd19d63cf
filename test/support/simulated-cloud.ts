/** A whole cloud in one process: real services on an in-memory bus and a real database, with simulated hosts and no workflow engine at first. */
import { preparersOf } from '../../src/compute/servers/work/index.ts';
import { ComputeApi, type ComputeApiDeps } from '../../src/compute/api.ts';
import type { Preparers } from '../../src/compute/servers/work/preparers.ts';
import type { BootRequest } from '../../src/compute/servers/boot-request.ts';
import { followGrownVolume } from '../../src/compute/servers/grown-volume.ts';
import { computeClient } from '../../src/cmd/cloud/compute-client.ts';
import { ConductorApi } from '../../src/conductor/api.ts';
import { ConductorManager } from '../../src/conductor/manager.ts';
import { conductorRpc } from '../../src/conductor/rpcapi.ts';
import type { WorkflowDeps } from '../../src/conductor/workflows/deps.ts';
import { actionEvents } from '../../src/conductor/workflows/steps/action-events.ts';
import { allWorkflows } from '../../src/conductor/workflows/index.ts';
import { insertNetwork, insertSubnet } from '../../src/db/stores/network/networks.ts';
import { findServer } from '../../src/db/stores/servers/cached-servers.ts';
import { type Clock, systemClock } from '../../src/lib/clock/clock.ts';
import { systemIds } from '../../src/lib/clock/ids.ts';
import type { Context } from '../../src/lib/context/context.ts';
import { silentLog } from '../../src/lib/log/log.ts';
import { clientOf } from '../../src/lib/rpc/client.ts';
import { memoryBus } from '../../src/lib/rpc/memory/memory-bus.ts';
import { serve } from '../../src/lib/rpc/serve.ts';
import { WorkflowEngine } from '../../src/lib/workflow/engine.ts';
import { report } from '../../src/lib/workflow/report.ts';
import type { WorkflowDefinition } from '../../src/lib/workflow/workflow.ts';
import { builtinNetworking } from '../../src/network/drivers/builtin/server-networking.ts';
import { networkRpc } from '../../src/network/rpcapi.ts';
import type { DeviceAliases } from '../../src/objects/pci/device-request.ts';
import type { Server } from '../../src/objects/server.ts';
import { Policy } from '../../src/policy/policy.ts';
import { rules } from '../../src/policy/rules.ts';
import { type QuotaLimits, unlimited } from '../../src/quota/resources.ts';
import { SchedulerManager } from '../../src/scheduler/manager.ts';
import { schedulerRpc } from '../../src/scheduler/rpcapi.ts';
import { ServiceGroup } from '../../src/servicegroup/api.ts';
import { dbServiceGroup } from '../../src/servicegroup/drivers/db.ts';
import type { TestDatabase } from './database.ts';
import { bogusImage, largeImage, oddRescueImage, rescueImage, sampleFlavor, sampleImage, strangeImage } from './sample-server.ts';
import { builtinServerVolumes } from '../../src/volume/builtin-server-volumes.ts';
import { defaultRules } from './scheduling-rules.ts';
import { SimulatedHost, type SimulatedHostOptions } from './simulated-host.ts';
import { SimulatedImages } from './simulated-images.ts';
import { SimulatedVolumes } from './simulated-volumes.ts';

/** Timeouts of minutes pass in seconds. Only waits on this clock are faster; real work is not. */
const SPEED = 20;
const hasty: Clock = {
  now: () => systemClock.now(),
  monotonicMs: () => systemClock.monotonicMs() * SPEED,
  sleep: (ms, signal) => systemClock.sleep(ms / SPEED, signal),
};

const DOWN_AFTER_SECONDS = 60;
const log = silentLog;
const ids = systemIds;

/** The owner of the servers, with a new request id. */
export const someone = (): Context => ({
  requestId: `req-${ids.uuid()}`,
  userId: 'user-1',
  projectId: 'project-1',
  roles: ['member'],
  isAdmin: false,
});

/** A plain boot request. */
const plainBoot: BootRequest = {
  name: 'web',
  flavorId: '1',
  imageId: sampleImage.id,
  networks: 'auto',
  securityGroups: ['default'],
  keyName: null,
  userData: null,
  metadata: {},
  tags: [],
  files: [],
  trustedCertificates: null,
  description: null,
  hostname: null,
  zone: null,
  blockDevices: [],
  mayShareVolumes: true,
  requestedHost: null,
  requestedNode: null,
  askedByZone: false,
  schedulerHints: {},
  configDrive: false,
  diskConfig: 'AUTO',
  accessIpV4: null,
  accessIpV6: null,
  minCount: 1,
  maxCount: 1,
};

/** The tables that a cloud writes, in an order in which they can be emptied. */
const emptied = [
  'workflows',
  'events',
  'volume_attachments',
  'volumes',
  'placements',
  'ports',
  'server_networking',
  'subnets',
  'networks',
  'instance_action_events',
  'instance_actions',
  'scheduling_decisions',
  'server_group_members',
  'server_groups',
  'server_migrations',
  'servers',
  'compute_nodes',
  'services',
] as const;

/** Only one engine runs at a time here. */
const isAlive = async () => true;

export class SimulatedCloud {
  readonly #database: TestDatabase;
  readonly bus = memoryBus({ clock: systemClock, ids, log, hostGraceMs: 20 });
  readonly hosts: SimulatedHost[] = [];
  readonly images = new SimulatedImages();
  readonly volumes: SimulatedVolumes;
  /** Of its workflows; tests change them at any time. */
  readonly options: { -readonly [K in keyof WorkflowDeps['options']]: WorkflowDeps['options'][K] };
  readonly deps: WorkflowDeps & { readonly serviceGroup: ServiceGroup };
  readonly #engines: WorkflowEngine[] = [];

  constructor(
    database: TestDatabase,
    options: { readonly maxAttempts: number; readonly hostWorkTimeoutMs?: number; readonly liveMigrationsAtATime?: number },
  ) {
    this.#database = database;
    this.options = {
      maxAttempts: options.maxAttempts,
      hostWorkTimeoutMs: options.hostWorkTimeoutMs ?? 600_000,
      dhcpDomain: 'novalocal',
      shelvedOffloadSeconds: 0,
      liveMigrationsAtATime: options.liveMigrationsAtATime ?? 1,
      volumeWait: { retries: 60, intervalMs: 3_000 },
    };
    const conductor = new ConductorApi(clientOf(conductorRpc, this.bus), log);
    this.volumes = new SimulatedVolumes(database, (ctx, grown) => followGrownVolume({ db: database.db, conductor, ids }, ctx, grown));
    const group = dbServiceGroup(database.db, ids, 'nova');
    this.deps = {
      db: database.db,
      scheduler: clientOf(schedulerRpc, this.bus),
      networking: builtinNetworking(clientOf(networkRpc, this.bus), log),
      compute: computeClient({ db: database.db, bus: this.bus }),
      serviceGroup: new ServiceGroup(group, { reportIntervalMs: 1_000, downAfterSeconds: DOWN_AFTER_SECONDS }, { clock: hasty, log }),
      images: this.images,
      volumes: builtinServerVolumes(this.volumes.api()),
      clock: hasty,
      ids,
      log,
      options: this.options,
    };
  }

  get db(): TestDatabase['db'] {
    return this.#database.db;
  }

  /** Starts all services except the engine, and hosts with these names; creates a shared network. */
  async start(...hostNames: string[]): Promise<void> {
    const { db } = this;
    const scheduler = new SchedulerManager({ db, ids, rules: defaultRules, downAfterSeconds: DOWN_AFTER_SECONDS });
    await serve(this.bus, schedulerRpc, scheduler, { log });
    const conductor = new ConductorManager({
      db,
      ids,
      run: (id) => this.#engines.forEach((engine) => void engine.run(id)),
      report: async (taskId, outcome) => {
        const [engine] = this.#engines;
        await (engine ? engine.report(taskId, outcome) : report(db, taskId, outcome));
      },
      serviceGroup: this.deps.serviceGroup,
      volumeHosts: { report: async () => {}, exportsOf: async () => [] },
      allocationRules: { cpuAllocationRatio: 1, ramAllocationRatio: 1, diskAllocationRatio: 1, reservedMemoryMb: 0 },
    });
    await serve(this.bus, conductorRpc, conductor, { log });
    await this.volumes.start();
    await this.#makeNetwork();
    for (const name of hostNames) await this.addHost(name);
  }

  /** What flavors may ask for of PCI devices. */
  deviceAliases: DeviceAliases = new Map();

  async addHost(
    name: string,
    more: Partial<Pick<SimulatedHostOptions, 'memoryMb' | 'progressEveryMs' | 'machine' | 'division' | 'devices'>> = {},
  ): Promise<SimulatedHost> {
    const host = new SimulatedHost({ name, bus: this.bus, db: this.db, sendImage: this.images.take, ...more });
    await host.start();
    this.hosts.push(host);
    return host;
  }

  host(name: string | null): SimulatedHost {
    const host = this.hosts.find((one) => one.name === name);
    if (!host) throw new Error(`there is no host ${name}`);
    return host;
  }

  /** Starts an engine; `bend` modifies the workflows, to stop them where a test needs it. */
  startEngine(bend: (definition: WorkflowDefinition) => WorkflowDefinition = (definition) => definition): WorkflowEngine {
    const { pool } = this.#database;
    const definitions = allWorkflows(this.deps).map(bend);
    const engine = new WorkflowEngine({
      pool,
      clock: hasty,
      ids,
      log,
      owner: 'conductor-1',
      definitions,
      concurrency: 8,
      isAlive,
      chronicle: actionEvents,
    });
    this.#engines.push(engine);
    engine.start();
    return engine;
  }

  async stopEngines(): Promise<void> {
    await Promise.all(this.#engines.splice(0).map((engine) => engine.stop({ graceMs: 0 })));
  }

  /** The compute API; `deaf`: as if it died after each commit, before it notified a conductor. */
  api({ deaf = false, ...more }: { deaf?: boolean } & Partial<ComputeApiDeps> = {}): ComputeApi {
    const rpc = clientOf(conductorRpc, this.bus);
    const silenced = { ...rpc, runWorkflow: () => Promise.reject(new Error('died')) };
    return new ComputeApi({
      db: this.db,
      conductor: new ConductorApi(deaf ? silenced : rpc, log),
      compute: this.deps.compute,
      resolve: async (_ctx, request) => ({ request, flavor: sampleFlavor, image: sampleImage, volumes: [], publicKey: null }),
      policy: new Policy({ rules }),
      preparers: this.preparers(),
      forcesConfigDrive: false,
      keepsDeleted: false,
      quotaLimits: unlimited,
      guestNameTemplate: 'instance-%08x',
      ids,
      ...more,
    });
  }

  /** What resolves the requests for work; a resize leaves the host of its server unless it `mayStay`. */
  preparers({ mayStay = false, quotaLimits = unlimited }: { mayStay?: boolean; quotaLimits?: QuotaLimits } = {}): Preparers {
    const images = [sampleImage, strangeImage, largeImage, bogusImage, rescueImage, oddRescueImage];
    return preparersOf({
      db: this.db,
      policy: new Policy({ rules }),
      quotaLimits,
      images: { ...this.images, forBoot: async (_ctx, imageId) => images.find(({ id }) => id === imageId) ?? 'unknown' },
      ids,
      group: this.deps.serviceGroup,
      scheduler: this.deps.scheduler,
      compute: this.deps.compute,
      volumes: this.deps.volumes,
      mayStay,
      deviceAliases: this.deviceAliases,
      diskFormat: 'qcow2',
      defaultRescueImageId: undefined,
    });
  }

  /** A request for a plain server. */
  order(more: Partial<BootRequest>): BootRequest {
    return { ...plainBoot, ...more };
  }

  /** Boots a plain server. */
  async boot(
    more: Partial<BootRequest> = {},
    { ctx = someone(), ...options }: { ctx?: Context; deaf?: boolean } & Partial<ComputeApiDeps> = {},
  ): Promise<Server> {
    const [server] = (await this.api(options).boot(ctx, { ...plainBoot, ...more })).servers;
    if (!server) throw new Error('nothing was booted');
    return server;
  }

  async server(id: string): Promise<Server> {
    const server = await findServer(this.db, id);
    if (!server) throw new Error(`there is no server ${id}`);
    return server;
  }

  async stop(): Promise<void> {
    await this.stopEngines();
    await Promise.all(this.hosts.map((host) => host.remove()));
    await this.bus.close();
    await this.volumes.stop();
  }

  /** Stops the cloud and empties its database for the next test. */
  async clear(): Promise<void> {
    await this.stop();
    for (const table of emptied) await this.db.deleteFrom(table).execute();
  }

  async #makeNetwork(): Promise<void> {
    const network = await insertNetwork(this.db, { id: ids.uuid(), project_id: 'admin', name: 'shared', mtu: 1500, shared: true });
    await insertSubnet(this.db, {
      id: ids.uuid(),
      network_id: network.id,
      project_id: 'admin',
      name: 'shared',
      ip_version: 4,
      cidr: '10.9.0.0/16',
      gateway_ip: '10.9.0.1',
      enable_dhcp: true,
      allocation_pools: JSON.stringify([{ start: '10.9.0.2', end: '10.9.255.254' }]),
      dns_nameservers: '[]',
      host_routes: '[]',
    });
  }
}
