/** A simulated compute host of a cloud in one process: a compute service on the fake hypervisor, a network service on the fake driver. */
import type { HostDevice } from '../../src/objects/pci/host-device.ts';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BuildSlots } from '../../src/compute/host/build-slots.ts';
import { ConsoleDoors } from '../../src/compute/host/console-doors.ts';
import { computeManager } from '../../src/compute/host/manager.ts';
import { compareOnReturn } from '../../src/compute/host/reconciler/on-return.ts';
import { reconcileGuests } from '../../src/compute/host/reconciler/reconcile.ts';
import { trackResources } from '../../src/compute/host/resource-tracker.ts';
import { computeRpc } from '../../src/compute/rpcapi.ts';
import { taskReports } from '../../src/compute/host/task-reports.ts';
import { TaskRunner } from '../../src/compute/host/task-runner.ts';
import { conductorRpc } from '../../src/conductor/rpcapi.ts';
import type { OpenDatabase } from '../../src/db/connect/open.ts';
import { systemClock } from '../../src/lib/clock/clock.ts';
import { systemIds } from '../../src/lib/clock/ids.ts';
import { silentLog } from '../../src/lib/log/log.ts';
import type { Bus, Serving } from '../../src/lib/rpc/bus.ts';
import { FileOffers } from '../../src/lib/handover/file-offers.ts';
import { clientOf } from '../../src/lib/rpc/client.ts';
import { serve } from '../../src/lib/rpc/serve.ts';
import { noTrace } from '../../src/lib/rpc/trace.ts';
import { FakeNetworkDriver } from '../../src/network/host/drivers/fake/index.ts';
import { HostNetworks } from '../../src/network/host/networks.ts';
import { networkManager } from '../../src/network/manager.ts';
import { noNetworkLimits } from '../../src/network/books/quota.ts';
import { networkRpc } from '../../src/network/rpcapi.ts';
import { asId, type HostName, type ServerId, type TaskId } from '../../src/objects/ids.ts';
import type { GuestVolume } from '../../src/objects/guest-volume.ts';
import type { Vif } from '../../src/objects/network-info.ts';
import { allShared, type CpuDivision, type MachineNode } from '../../src/objects/numa/host-topology.ts';
import { FakeDriver } from '../../src/virt/fake/driver.ts';
import type { CallFaults } from '../../src/virt/fake/faults.ts';
import type { FakeGuest } from '../../src/virt/fake/guest-files.ts';
import type { ImageSender } from '../../src/virt/image-sender.ts';

export interface SimulatedHostOptions {
  readonly name: string;
  readonly bus: Bus;
  readonly db: OpenDatabase['db'];
  readonly memoryMb?: number;
  /** Its nodes, and what single guests may have of them. */
  readonly machine?: readonly MachineNode[];
  readonly division?: CpuDivision;
  /** The PCI devices that guests may have of it. */
  readonly devices?: readonly HostDevice[];
  /** Takes the images that it sends. */
  readonly sendImage: ImageSender;
  /** How often it sends heartbeats of running tasks; by default as often as real hosts. */
  readonly progressEveryMs?: number;
}

const SIZE = { vcpus: 64, localGb: 1_000 };

export class SimulatedHost {
  readonly name: HostName;
  readonly network = new FakeNetworkDriver();
  /** Faults of the hypervisor, by call; tests change them at any time. */
  readonly faults: Record<string, CallFaults> = {};
  readonly #options: SimulatedHostOptions;
  readonly #hostNetworks: HostNetworks;
  readonly #offers = new FileOffers({ address: '127.0.0.1', clock: systemClock, ids: systemIds, log: silentLog });
  readonly #doors = new ConsoleDoors({ address: '127.0.0.1', clock: systemClock, ids: systemIds, log: silentLog });
  #driver: FakeDriver | undefined;
  #directory = '';
  #tasks: TaskRunner | undefined;
  #serving: Serving[] = [];

  constructor(options: SimulatedHostOptions) {
    this.name = asId<HostName>(options.name);
    this.#options = options;
    this.#hostNetworks = new HostNetworks({ db: options.db, host: this.name, driver: this.network });
  }

  get driver(): FakeDriver {
    if (!this.#driver) throw new Error(`${this.name} was never started`);
    return this.#driver;
  }

  /** The tasks that its compute service is running. */
  get tasks(): TaskRunner {
    if (!this.#tasks) throw new Error(`${this.name} does not run`);
    return this.#tasks;
  }

  /** Starts its services, as after a boot of the machine: first it reconciles its guests with the database. */
  async start(): Promise<void> {
    const { bus, db, memoryMb = 64_000, progressEveryMs, sendImage, machine = [], division = allShared, devices = [] } = this.#options;
    const { name: host } = this;
    this.#directory ||= await mkdtemp(join(tmpdir(), `nova-ts-${host}-`));
    const guests = {
      directory: this.#directory,
      node: host,
      hostIp: '192.0.2.1',
      capacity: { ...SIZE, memoryMb },
      machine,
      division,
      devices,
    };
    this.#driver = new FakeDriver({ ...guests, sendImage, faults: this.faults, clock: systemClock, ids: systemIds });
    await this.#driver.start();
    const conductor = clientOf(conductorRpc, bus);
    const tasks = new TaskRunner({
      ...taskReports(conductor),
      clock: systemClock,
      log: silentLog,
      ...(progressEveryMs === undefined ? {} : { progressEveryMs }),
    });
    this.#tasks = tasks;
    await this.report();
    await this.reconcile();
    await this.#hostNetworks.converge();
    const books = { db, ids: systemIds, log: silentLog, quotaLimits: noNetworkLimits };
    const wires = { ...books, hostNetworks: this.#hostNetworks, network: clientOf(networkRpc, bus) };
    const manager = {
      driver: this.#driver,
      tasks,
      builds: new BuildSlots(10),
      snapshots: new BuildSlots(5),
      graceMs: 100,
      offers: this.#offers,
      doors: this.#doors,
      unplugging: { attempts: 1, timeoutMs: 0 },
      compareGuests: () => this.reconcile(),
      trace: noTrace,
    };
    this.#serving = [
      await serve(bus, networkRpc, networkManager(wires), { host, log: silentLog }),
      await serve(bus, computeRpc, computeManager(manager), {
        host,
        log: silentLog,
        onTaskRefused: (ctx, taskId, error) => tasks.refuse(ctx, asId<TaskId>(taskId), error),
      }),
    ];
  }

  /** Reports its capacity to the conductor, which is also its heartbeat. */
  report(): Promise<void> {
    const { name: host, driver, tasks } = this;
    const compare = compareOnReturn({ host, tasks, reconcile: () => this.reconcile(), log: silentLog });
    return trackResources({
      hosts: [{ host, driver, onReturn: compare }],
      conductor: clientOf(conductorRpc, this.#options.bus),
      ids: systemIds,
    })();
  }

  /** Reconciles its guests and networks with the books. */
  async reconcile(): Promise<void> {
    const conductor = clientOf(conductorRpc, this.#options.bus);
    const isBusy: TaskRunner['isBusy'] = (serverId) => this.tasks.isBusy(serverId);
    await reconcileGuests({ driver: this.driver, conductor, host: this.name, isBusy, ids: systemIds, log: silentLog })();
  }

  /** The volumes of a guest. */
  volumesOf(serverId: ServerId): readonly GuestVolume[] {
    return this.driver.guestOf(serverId).volumes ?? [];
  }

  /** The network cards of a guest. */
  async cardsOf(serverId: ServerId): Promise<readonly Vif[]> {
    const guest: FakeGuest = JSON.parse(await readFile(join(this.#directory, `${serverId}.json`), 'utf8'));
    return guest.spec.vifs;
  }

  /** Stops receiving messages for its compute service: they stay in the queue. */
  async goDeaf(): Promise<void> {
    await this.#serving.at(-1)?.close();
  }

  /** Stops its services and their heartbeats; its guests and ports stay. */
  async die(): Promise<void> {
    await this.stop();
    const long = new Date(systemClock.now().getTime() - 3_600_000);
    await this.#options.db.updateTable('services').set({ seen_at: long }).where('host', '=', this.name).execute();
  }

  /** Stops its services. */
  async stop(): Promise<void> {
    await this.#tasks?.close();
    await Promise.all([...this.#serving.map((serving) => serving.close()), this.#offers.close(), this.#doors.close()]);
    this.#serving = [];
  }

  /** Stops it and removes its guests' files. */
  async remove(): Promise<void> {
    await this.stop();
    if (this.#directory) await rm(this.#directory, { recursive: true, force: true });
  }
}
