import { createHash } from 'node:crypto';
import { readFile, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Clock } from '../../lib/clock/clock.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import type { OfferedFile } from '../../lib/handover/file-offer.ts';
import type { OfferedFiles } from '../../lib/handover/offered-files.ts';
import type { ConsoleKind } from '../../objects/console.ts';
import type { Diagnostics } from '../../objects/diagnostics.ts';
import type { GuestSpec, ImageSource, MovedGuest } from '../../objects/guest-spec.ts';
import type { HostReport, ObservedGuest } from '../../objects/host-report.ts';
import type { ImageTarget } from '../../objects/server-image.ts';
import type { ServerId } from '../../objects/ids.ts';
import type { GuestVolume, PluggedVolume } from '../../objects/guest-volume.ts';
import type { Vif } from '../../objects/network-info.ts';
import type { PowerState } from '../../objects/states.ts';
import { lastLines } from '../console-tail.ts';
import {
  MAX_CONSOLE_BYTES,
  type GuestConsole,
  type Login,
  type Patience,
  type ReportProgress,
  type SnapshotOptions,
  type Unplugging,
  type VirtDriver,
} from '../driver.ts';
import { GuestInWrongState, GuestLacksVolume, GuestNotFound, HypervisorFailed } from '../errors.ts';
import { simulatedDiagnostics } from './diagnostics.ts';
import type { ImageSender } from '../image-sender.ts';
import { bootLog } from './console-log.ts';
import { emptyDisk } from './empty-disk.ts';
import { type FakeFaults, FaultInjector } from './faults.ts';
import { type FakeGuest, GuestFiles } from './guest-files.ts';
import { FakeLiveMigrations } from './live-migrations.ts';
import { Machines } from './machine/machines.ts';
import { type FakeMachine, reportOf } from './machine-report.ts';
import { resized } from './resized.ts';

export interface FakeDriverOptions extends FakeMachine {
  /** Where the simulated guests are stored; one directory per host. */
  readonly directory: string;
  readonly faults?: FakeFaults;
  readonly sendImage: ImageSender;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** The console output of a guest that dumps its memory. */
const CRASH_LOG = 'NMI received: saving a dump of the memory\n';

/** The name of a packed guest's only file. */
const GUEST_FILE = 'guest';

/** A simulated hypervisor: it behaves like a real one but only records its guests. */
export class FakeDriver implements VirtDriver {
  readonly capabilities = {
    pause: true,
    suspend: true,
    crashDump: true,
    setAdminPassword: true,
    rescue: true,
    diagnostics: true,
    quiesce: true,
    agentless: true,
  } as const;
  readonly #options: FakeDriverOptions;
  readonly live: FakeLiveMigrations;
  readonly #guests: GuestFiles;
  readonly #machines = new Machines();
  readonly #faults: FaultInjector;
  /** The ids of images that it was told to cache. */
  readonly #cached = new Set<string>();

  constructor(options: FakeDriverOptions) {
    this.#options = options;
    this.#guests = new GuestFiles(options.directory, (serverId, guest) => this.#machines.follow(serverId, guest));
    this.#faults = new FaultInjector(options.faults ?? {}, options);
    this.live = new FakeLiveMigrations(this.#guests, this.#faults);
  }

  async start(): Promise<void> {
    await this.#guests.load();
  }

  async close(): Promise<void> {
    this.#machines.close();
  }

  async report(): Promise<Omit<HostReport, 'host'>> {
    return reportOf(this.#options, this.#options.clock.now());
  }

  async listGuests(): Promise<readonly ObservedGuest[]> {
    return this.#guests.all().map(({ spec, power }) => ({ serverId: spec.serverId, powerState: power }));
  }

  async powerState(serverId: ServerId): Promise<PowerState> {
    return this.#guest(serverId).power;
  }

  /** Only their ids are kept: simulated guests have no disks. */
  async cacheImage({ image }: ImageSource, signal: AbortSignal, progress?: ReportProgress): Promise<void> {
    await this.#faults.pass('cacheImage', signal, progress);
    this.#cached.add(image.id);
  }

  /** The ids of the images that were cached ahead of guests. */
  get cachedImages(): readonly string[] {
    return [...this.#cached];
  }

  /** Simulated guests have no images. */
  async ageOutImages(): Promise<number> {
    return 0;
  }

  async spawn(spec: GuestSpec, signal: AbortSignal, progress?: ReportProgress): Promise<void> {
    await this.#faults.pass('spawn', signal, progress);
    signal.throwIfAborted();
    const made = this.#guests.get(spec.serverId);
    if (made?.power === 'running') return;
    if (made) return await this.#boot(spec.serverId);
    this.#insistOnFree(spec);
    const { volumes, ...rest } = spec;
    const asked = { spec: rest, ...(volumes && { volumes }) };
    await this.#guests.put({ ...asked, power: 'running', boots: 1, console: bootLog({ spec, boots: 1 }), ...toldPassword(spec) });
  }

  /** A real device cannot be in two guests. */
  #insistOnFree({ serverId, devices = [] }: GuestSpec): void {
    const others = this.#guests.all().filter(({ spec }) => spec.serverId !== serverId);
    const taken = others.flatMap(({ spec }) => spec.devices ?? []).find((one) => devices.some(({ address }) => address === one.address));
    if (taken) throw HypervisorFailed({ what: `give the PCI device ${taken.address} to two guests` });
  }

  async destroy(serverId: ServerId): Promise<void> {
    await this.#faults.pass('destroy');
    await this.#guests.remove(serverId);
  }

  async powerOn(serverId: ServerId): Promise<void> {
    await this.#faults.pass('powerOn');
    await this.#endRescue(serverId);
    if (this.#guest(serverId).power !== 'running') await this.#boot(serverId);
  }

  async powerOff(serverId: ServerId, { signal }: Partial<Patience> = {}): Promise<void> {
    await this.#faults.pass('powerOff', signal);
    await this.#set(serverId, 'shutdown');
  }

  async reboot(serverId: ServerId, { type, signal }: Partial<Patience> & { type: 'soft' | 'hard' }): Promise<void> {
    await this.#faults.pass('reboot', signal);
    if (type === 'soft') this.#expect(serverId, ['running']);
    await this.#endRescue(serverId);
    await this.#boot(serverId);
  }

  async rescue(guest: GuestSpec, { signal }: Partial<Patience>, progress?: ReportProgress): Promise<void> {
    const { serverId } = guest;
    await this.#faults.pass('rescue', signal, progress);
    const now = this.#guest(serverId);
    const rescuedWith = guest.disk?.image.id ?? '';
    if (now.rescuedWith === rescuedWith && now.power === 'running') return;
    await this.#guests.put({ ...now, rescuedWith, ...toldPassword(guest) });
    await this.#boot(serverId);
  }

  async unrescue(serverId: ServerId): Promise<void> {
    await this.#faults.pass('unrescue');
    await this.#endRescue(serverId);
  }

  async pause(serverId: ServerId): Promise<void> {
    await this.#faults.pass('pause');
    this.#expect(serverId, ['running', 'paused']);
    await this.#set(serverId, 'paused');
  }

  async unpause(serverId: ServerId): Promise<void> {
    await this.#faults.pass('unpause');
    this.#expect(serverId, ['running', 'paused']);
    await this.#set(serverId, 'running');
  }

  async suspend(serverId: ServerId): Promise<void> {
    await this.#faults.pass('suspend');
    this.#guest(serverId);
    await this.#set(serverId, 'shutdown');
  }

  async resume(serverId: ServerId): Promise<void> {
    await this.#faults.pass('resume');
    await this.#set(serverId, 'running');
  }

  async attachInterface(serverId: ServerId, vif: Vif): Promise<void> {
    await this.#faults.pass('attachInterface');
    await this.#setCards(serverId, (vifs) => [...vifs.filter(({ macAddress }) => macAddress !== vif.macAddress), vif]);
  }

  async detachInterface(serverId: ServerId, macAddress: string, { signal }: Unplugging): Promise<void> {
    await this.#faults.pass('detachInterface', signal);
    await this.#setCards(serverId, (vifs) => vifs.filter((vif) => vif.macAddress !== macAddress));
  }

  async attachVolume(serverId: ServerId, volume: GuestVolume): Promise<void> {
    await this.#faults.pass('attachVolume');
    const { volumes = [], ...guest } = this.#guest(serverId);
    await this.#guests.put({ ...guest, volumes: [...volumes.filter(({ volumeId }) => volumeId !== volume.volumeId), volume] });
  }

  async detachVolume(serverId: ServerId, gone: string, { signal }: Unplugging): Promise<void> {
    await this.#faults.pass('detachVolume', signal);
    const { volumes = [], ...guest } = this.#guest(serverId);
    await this.#guests.put({ ...guest, volumes: volumes.filter(({ volumeId }) => volumeId !== gone) });
  }

  async setVolumes(serverId: ServerId, volumes: readonly GuestVolume[]): Promise<void> {
    await this.#faults.pass('setVolumes');
    await this.#guests.put({ ...this.#guest(serverId), volumes });
  }

  async growVolume(serverId: ServerId, volume: GuestVolume): Promise<void> {
    await this.#faults.pass('growVolume');
    const { volumes = [], ...guest } = this.#guest(serverId);
    if (!volumes.some(({ volumeId }) => volumeId === volume.volumeId)) throw GuestLacksVolume({ serverId, volumeId: volume.volumeId });
    await this.#guests.put({
      ...guest,
      volumes: volumes.map((one) => (one.volumeId === volume.volumeId ? { ...one, connection: volume.connection } : one)),
    });
  }

  async volumesOf(serverId: ServerId): Promise<readonly PluggedVolume[]> {
    return (this.#guest(serverId).volumes ?? []).map(({ volumeId }) => ({ volumeId, isWhole: true }));
  }

  async triggerCrashDump(serverId: ServerId): Promise<void> {
    await this.#faults.pass('triggerCrashDump');
    this.#expect(serverId, ['running', 'paused']);
    const guest = this.#guest(serverId);
    await this.#guests.put({ ...guest, console: `${guest.console}${CRASH_LOG}` });
  }

  async setAdminPassword(serverId: ServerId, { password }: Login): Promise<void> {
    await this.#faults.pass('setAdminPassword');
    this.#expect(serverId, ['running']);
    await this.#guests.put({ ...this.#guest(serverId), adminPasswordDigest: digestOf(password) });
  }

  async diagnostics(serverId: ServerId): Promise<Diagnostics> {
    this.#expect(serverId, ['running']);
    return simulatedDiagnostics(this.#guest(serverId));
  }

  async snapshot(serverId: ServerId, target: ImageTarget, { signal, progress, onStage, quiesce }: SnapshotOptions): Promise<void> {
    const { power } = this.#guest(serverId);
    const isQuiesced = quiesce !== undefined && power === 'running';
    onStage?.('copying');
    if (isQuiesced) await this.#guests.put({ ...this.#guest(serverId), isFrozen: true });
    try {
      await this.#faults.pass('snapshot', signal, progress);
    } finally {
      if (isQuiesced) await this.#thaw(serverId);
    }
    signal.throwIfAborted();
    onStage?.('uploading');
    const disk = emptyDisk(target.diskFormat);
    await this.#options.sendImage(target, { sizeBytes: disk.length, open: () => Readable.from([disk]) }, signal, progress);
  }

  async consoleOutput(serverId: ServerId, lines?: number): Promise<string> {
    await this.#faults.pass('consoleOutput');
    const text = this.#printed(serverId).slice(-MAX_CONSOLE_BYTES);
    return lastLines(text, lines);
  }

  async console(serverId: ServerId, kind: ConsoleKind): Promise<GuestConsole> {
    await this.#faults.pass('console');
    return this.#machines.console(this.#guest(serverId), kind);
  }

  /** The console log, with what was typed since the guest booted. */
  #printed(serverId: ServerId): string {
    return this.#guest(serverId).console + this.#machines.transcriptOf(serverId);
  }

  /** One file is all of a simulated guest. */
  async pack(serverId: ServerId): Promise<readonly OfferedFile[]> {
    await this.#faults.pass('pack');
    this.#expect(serverId, ['shutdown']);
    const path = this.#guests.pathOf(serverId);
    return [{ name: GUEST_FILE, path, bytes: (await stat(path)).size }];
  }

  async unpack(guest: MovedGuest, from: OfferedFiles, signal: AbortSignal, progress?: ReportProgress): Promise<void> {
    await this.#faults.pass('unpack', signal, progress);
    const path = this.#guests.pathOfArrival(guest.serverId);
    await rm(path, { force: true });
    await from.fetch(GUEST_FILE, path, signal);
    // Another simulated host wrote it.
    const { before: _, ...arrived }: FakeGuest = JSON.parse(await readFile(path, 'utf8'));
    await this.#guests.put({ ...arrived, spec: resized(arrived.spec, guest), volumes: guest.volumes ?? [], power: 'shutdown' });
    await rm(path, { force: true });
  }

  async resize(guest: MovedGuest, signal: AbortSignal): Promise<void> {
    await this.#faults.pass('resize', signal);
    this.#expect(guest.serverId, ['shutdown']);
    const { before, ...now } = this.#guest(guest.serverId);
    const { spec, boots, console } = before ?? now;
    await this.#guests.put({ ...now, spec: resized(spec, guest), before: { spec, boots, console } });
  }

  async confirmResize(serverId: ServerId): Promise<void> {
    await this.#faults.pass('confirmResize');
    const { before: _, ...now } = this.#guest(serverId);
    await this.#guests.put(now);
  }

  async revertResize(serverId: ServerId): Promise<void> {
    await this.#faults.pass('revertResize');
    this.#expect(serverId, ['shutdown']);
    const { before, ...now } = this.#guest(serverId);
    if (before) await this.#guests.put({ ...now, ...before });
  }

  /** What is known of a simulated guest, for tests. */
  guestOf(serverId: ServerId): FakeGuest {
    return this.#guest(serverId);
  }

  /** A guest that was destroyed meanwhile stays gone. */
  async #thaw(serverId: ServerId): Promise<void> {
    const frozen = this.#guests.get(serverId);
    if (!frozen) return;
    const { isFrozen: _, ...guest } = frozen;
    await this.#guests.put(guest);
  }

  async #endRescue(serverId: ServerId): Promise<void> {
    const { rescuedWith, ...guest } = this.#guest(serverId);
    if (rescuedWith !== undefined) await this.#guests.put({ ...guest, power: 'shutdown' });
  }

  async #boot(serverId: ServerId): Promise<void> {
    const guest = this.#guest(serverId);
    const boots = guest.boots + 1;
    await this.#guests.put({ ...guest, power: 'running', boots, console: this.#printed(serverId) + bootLog({ spec: guest.spec, boots }) });
  }

  async #set(serverId: ServerId, power: PowerState): Promise<void> {
    const guest = this.#guest(serverId);
    if (guest.power !== power)
      await this.#guests.put({ ...guest, power, console: power === 'shutdown' ? this.#printed(serverId) : guest.console });
  }

  async #setCards(serverId: ServerId, change: (vifs: readonly Vif[]) => Vif[]): Promise<void> {
    const guest = this.#guest(serverId);
    await this.#guests.put({ ...guest, spec: { ...guest.spec, vifs: change(guest.spec.vifs) } });
  }

  #guest(serverId: ServerId): FakeGuest {
    const guest = this.#guests.get(serverId);
    if (!guest) throw GuestNotFound({ serverId });
    return guest;
  }

  #expect(serverId: ServerId, states: readonly PowerState[]): void {
    const { power } = this.#guest(serverId);
    if (!states.includes(power)) throw GuestInWrongState({ serverId, state: power, wanted: states.join(' or ') });
  }
}

const digestOf = (password: string): string => createHash('sha256').update(password).digest('hex');

/** The guest reads its password from its config drive, as cloud-init does. */
function toldPassword({ configDrive = [] }: GuestSpec): Pick<FakeGuest, 'adminPasswordDigest'> {
  const file = configDrive.find(({ path }) => path === 'openstack/latest/meta_data.json');
  const told: unknown = file && JSON.parse(Buffer.from(file.content, 'base64').toString());
  const password: unknown = Object(told).admin_pass;
  return typeof password === 'string' ? { adminPasswordDigest: digestOf(password) } : {};
}
