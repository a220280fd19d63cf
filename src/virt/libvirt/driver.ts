import type { Clock } from '../../lib/clock/clock.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import { messageOf } from '../../lib/errors/error-type.ts';
import type { Log } from '../../lib/log/log.ts';
import type { OfferedFile } from '../../lib/handover/file-offer.ts';
import type { OfferedFiles } from '../../lib/handover/offered-files.ts';
import type { ConsoleKind } from '../../objects/console.ts';
import type { Diagnostics } from '../../objects/diagnostics.ts';
import type { GuestSpec, ImageSource, MovedGuest } from '../../objects/guest-spec.ts';
import type { HostReport, ObservedGuest } from '../../objects/host-report.ts';
import type { ImageTarget } from '../../objects/server-image.ts';
import type { ServerId } from '../../objects/ids.ts';
import type { GuestVolume, PluggedVolume } from '../../objects/guest-volume.ts';
import type { CpuDivision } from '../../objects/numa/host-topology.ts';
import type { Vif } from '../../objects/network-info.ts';
import type { RescueDevice } from '../../objects/rescue-device.ts';
import type { PowerState } from '../../objects/states.ts';
import type { GuestConsole, Login, Patience, ReportProgress, SnapshotOptions, Unplugging, VirtDriver } from '../driver.ts';
import type { ImageSender } from '../image-sender.ts';
import { consoleTail, cutConsoleLog } from './console-log.ts';
import type { CpuChoice, VirtType } from './definition/domain-parts.ts';
import type { ScreenChoice } from './definition/screens.ts';
import { hostUptime } from '../host-uptime.ts';
import { GuestAgent } from './guest-agent.ts';
import { GuestBuilder } from './guest-builder.ts';
import { guestDiagnostics } from './guest-diagnostics.ts';
import { GuestConsoles } from './guest-consoles.ts';
import { GuestDirectories } from './guest-directory.ts';
import type { ConfigDriveFormat } from './guest-disks.ts';
import { GuestDomains } from './guest-domains.ts';
import { GuestTpms, type TpmPlaces } from './guest-tpm.ts';
import { GuestMover } from './guest-mover.ts';
import { GuestSnapshots } from './guest-snapshots.ts';
import { offered } from '../../objects/pci/device-spec.ts';
import { machineDevices } from './host-devices.ts';
import { hostCapacity } from './host-capacity.ts';
import { type EnforcedLimits, hardwareTraits } from './host-hardware.ts';
import { attempt } from './hypervisor-error.ts';
import { ImageCache } from './image-cache.ts';
import type { ImageFetcher } from './image-fetcher.ts';
import { imagesInUse, recorded, recordImages } from './image-uses.ts';
import { LibvirtLink, type Reconnect } from './link.ts';
import type { LiveMigrationOptions } from './live/live-migration-options.ts';
import { LibvirtLiveMigrations } from './live/live-migrations.ts';
import { NetworkCards } from './network-cards.ts';
import { Plugs } from './plugs.ts';
import { RunningVolumes } from './running-volumes.ts';
import { VolumeDisks } from './volume-disks.ts';
import { GuestPower } from './power.ts';
import { GuestRescue } from './guest-rescue.ts';

export interface LibvirtDriverOptions {
  /** libvirtd's unix socket; by default the system's. */
  readonly socket?: string;
  /** The hypervisor behind it; by default `qemu:///system`. */
  readonly uri?: string;
  /** The directory of guest files: used by this driver only, accessible to QEMU's user. */
  readonly instancesDir: string;
  /** The image cache; drivers on one machine may share it. */
  readonly imageCacheDir: string;
  /** The guest directories of all drivers that share the image cache. */
  readonly cacheUsers: () => Promise<readonly string[]>;
  readonly node: string;
  readonly hostIp: string;
  readonly virtType: VirtType;
  readonly cpu: CpuChoice;
  /** What guests may have of the host's CPUs and pages. */
  readonly division: CpuDivision;
  /** Which PCI devices of the machine they may have. */
  readonly deviceSpecs: readonly unknown[];
  readonly screens: ScreenChoice;
  readonly configDriveFormat: ConfigDriveFormat;
  readonly limits: EnforcedLimits;
  readonly tpms: TpmPlaces;
  readonly images: ImageFetcher;
  readonly sendImage: ImageSender;
  /** How guests come from other hosts and go there while they run. */
  readonly migration: LiveMigrationOptions;
  /** The path of a file of the hypervisor as this process sees it; by default the same. */
  readonly seenFromHere?: (path: string) => string;
  readonly reconnect?: Reconnect;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/**
 * Runs QEMU guests through libvirtd. It owns its guest directory and the domains with its mark, and touches nothing else.
 * Calls for one server are serialised.
 */
export class LibvirtDriver implements VirtDriver {
  readonly capabilities = {
    pause: true,
    suspend: true,
    crashDump: true,
    setAdminPassword: true,
    rescue: true,
    diagnostics: true,
    quiesce: true,
    agentless: false,
  } as const;
  readonly #options: LibvirtDriverOptions;
  readonly #link: LibvirtLink;
  /** libvirtd handles few calls per connection at a time; slow calls must not block the others. */
  readonly #slowLink: LibvirtLink;
  readonly #directories: GuestDirectories;
  readonly #images: ImageCache;
  readonly #domains: GuestDomains;
  readonly #power: GuestPower;
  readonly #builder: GuestBuilder;
  readonly #mover: GuestMover;
  readonly #cards: NetworkCards;
  readonly #volumes: VolumeDisks;
  readonly #rescue: GuestRescue;
  readonly #agent: GuestAgent;
  readonly #snapshots: GuestSnapshots;
  readonly #consoles: GuestConsoles;
  readonly live: LibvirtLiveMigrations;

  constructor(options: LibvirtDriverOptions) {
    const { clock, log, virtType, screens, configDriveFormat, division } = options;
    const cpu = { ...options.cpu, shared: division.shared };
    this.#options = options;
    const link = (this.#link = new LibvirtLink(options));
    const slowLink = (this.#slowLink = new LibvirtLink(options));
    const directories = (this.#directories = new GuestDirectories(options.instancesDir));
    const images = (this.#images = new ImageCache({ ...options, directory: options.imageCacheDir }));
    const domains = (this.#domains = new GuestDomains(link, directories.home));
    const power = (this.#power = new GuestPower({ link, slowLink, domains, clock }));
    this.#rescue = new GuestRescue({ link, domains, power, directories, images, virtType, cpu, screens, configDriveFormat });
    const tpms = new GuestTpms(options.tpms);
    const builder = (this.#builder = new GuestBuilder({
      link,
      domains,
      power,
      directories,
      images,
      tpms,
      virtType,
      cpu,
      screens,
      configDriveFormat,
      log,
    }));
    this.#mover = new GuestMover({ link, domains, directories, images, tpms, builder, virtType, cpu, screens });
    const plugs = new Plugs({ link, slowLink, domains, clock });
    this.#cards = new NetworkCards(plugs);
    this.#volumes = new VolumeDisks(plugs, new RunningVolumes({ link: slowLink, domains }));
    const agent = (this.#agent = new GuestAgent({ link, slowLink, domains, directories, clock, log }));
    this.#snapshots = new GuestSnapshots({ link, slowLink, domains, directories, agent, send: options.sendImage, clock, log });
    this.#consoles = new GuestConsoles({ link, domains, seenFromHere: options.seenFromHere ?? ((path) => path) });
    const { arrivals: place, tuning } = options.migration;
    const parts = { link, domains, directories, images, builder };
    this.live = new LibvirtLiveMigrations({ ...parts, linkOptions: options, virtType, cpu, place, tuning, clock, log });
  }

  /** Waits for libvirtd without a time limit; close aborts the wait. */
  async start(): Promise<void> {
    await attempt('prepare the directories of its servers', async () => {
      await this.#directories.prepare();
      await this.#images.prepare();
    });
    await Promise.all([this.#link.open(), this.#slowLink.open()]);
    await this.#builder.removeHalfMade();
    await this.#agent.thawLeftovers();
    await this.#snapshots.removeLeftovers();
    await this.live.tidy();
    await attempt('look after the image cache', () => this.#recordEarlierGuests());
  }

  /** Guests of earlier releases have no record of their images: they may use any that is cached now. */
  async #recordEarlierGuests(): Promise<void> {
    const cached = await this.#images.list();
    await this.#directories.forEach(async (guest) => {
      if ((await recorded(guest.images)) === undefined) await recordImages(guest, cached);
    });
  }

  async close(): Promise<void> {
    this.#consoles.close();
    await Promise.all([this.#link.close(), this.#slowLink.close()]);
  }

  async report(): Promise<Omit<HostReport, 'host'>> {
    // These piggyback on the report, the only call at regular intervals.
    this.#agent
      .thawLeftovers()
      .catch((error: unknown) => this.#options.log.warn({ error: messageOf(error) }, 'frozen guests are not thawed'));
    await attempt('look after the console logs', () => this.#directories.forEach(({ consoleLog }) => cutConsoleLog(consoleLog)));
    const { node, hostIp, instancesDir, virtType, limits, division, deviceSpecs, clock } = this.#options;
    const devices = deviceSpecs.length === 0 ? [] : offered(await machineDevices(), deviceSpecs);
    const capabilities = await hardwareTraits(this.#link, { virtType, limits });
    const capacity = await hostCapacity(this.#link, { instancesDir, virtType, division });
    return {
      node,
      hostIp,
      uptime: hostUptime(clock.now()),
      capabilities: [...capabilities],
      ...(devices.length > 0 && { devices }),
      ...capacity,
    };
  }

  async ageOutImages(unusedForMs: number): Promise<number> {
    const { cacheUsers, log } = this.#options;
    const inUse = async () => {
      const guests = await Promise.all((await cacheUsers()).map((home) => new GuestDirectories(home).list()));
      return imagesInUse(guests.flat());
    };
    const removed = await attempt('look after the image cache', () => this.#images.ageOut({ inUse, unusedForMs }));
    for (const sha512 of removed) log.info({ sha512 }, 'an image that no guest has used for a while left the image cache');
    return removed.length;
  }

  async cacheImage(source: ImageSource, signal: AbortSignal, progress?: ReportProgress): Promise<void> {
    await attempt('cache an image', () => this.#images.path(source, signal, progress));
  }

  listGuests(): Promise<readonly ObservedGuest[]> {
    return this.#domains.list();
  }

  async powerState(serverId: ServerId): Promise<PowerState> {
    return this.#domains.powerState(await this.#domains.get(serverId));
  }

  spawn(guest: GuestSpec, signal: AbortSignal, progress?: ReportProgress): Promise<void> {
    return this.#builder.make(guest, signal, progress);
  }

  destroy(serverId: ServerId): Promise<void> {
    return this.#builder.remove(serverId);
  }

  async powerOn(serverId: ServerId): Promise<void> {
    await this.#rescue.end(serverId);
    await this.#power.on(serverId);
  }

  rescue(guest: GuestSpec, options: Patience & { readonly device: RescueDevice | null }, progress?: ReportProgress): Promise<void> {
    return this.#rescue.begin(guest, options, progress);
  }

  unrescue(serverId: ServerId): Promise<void> {
    return this.#rescue.end(serverId);
  }

  powerOff(serverId: ServerId, patience: Patience): Promise<void> {
    return this.#power.off(serverId, patience);
  }

  async reboot(serverId: ServerId, { type, ...patience }: Patience & { readonly type: 'soft' | 'hard' }): Promise<void> {
    if (type === 'soft') return await this.#power.softReboot(serverId, patience);
    await this.#rescue.end(serverId);
    await this.#power.hardReboot(serverId);
  }

  pause(serverId: ServerId): Promise<void> {
    return this.#power.pause(serverId);
  }

  unpause(serverId: ServerId): Promise<void> {
    return this.#power.unpause(serverId);
  }

  suspend(serverId: ServerId): Promise<void> {
    return this.#power.suspend(serverId);
  }

  /** Starting a guest with saved memory resumes it. */
  resume(serverId: ServerId): Promise<void> {
    return this.#power.on(serverId);
  }

  attachInterface(serverId: ServerId, vif: Vif): Promise<void> {
    return this.#cards.attach(serverId, vif);
  }

  detachInterface(serverId: ServerId, macAddress: string, unplugging: Unplugging): Promise<void> {
    return this.#cards.detach(serverId, macAddress, unplugging);
  }

  attachVolume(serverId: ServerId, volume: GuestVolume, unplugging: Unplugging): Promise<void> {
    return this.#volumes.attach(serverId, volume, unplugging);
  }

  detachVolume(serverId: ServerId, volumeId: string, unplugging: Unplugging): Promise<void> {
    return this.#volumes.detach(serverId, volumeId, unplugging);
  }

  setVolumes(serverId: ServerId, volumes: readonly GuestVolume[]): Promise<void> {
    return this.#volumes.set(serverId, volumes);
  }

  growVolume(serverId: ServerId, volume: GuestVolume, bytes: number): Promise<void> {
    return this.#volumes.grow(serverId, volume, bytes);
  }

  volumesOf(serverId: ServerId): Promise<readonly PluggedVolume[]> {
    return this.#volumes.of(serverId);
  }

  triggerCrashDump(serverId: ServerId): Promise<void> {
    return this.#power.injectNmi(serverId);
  }

  setAdminPassword(serverId: ServerId, login: Login, signal: AbortSignal): Promise<void> {
    return this.#agent.setPassword(serverId, login, signal);
  }

  pack(serverId: ServerId): Promise<readonly OfferedFile[]> {
    return this.#mover.pack(serverId);
  }

  unpack(guest: MovedGuest, from: OfferedFiles, signal: AbortSignal, progress?: ReportProgress): Promise<void> {
    return this.#mover.unpack(guest, from, signal, progress);
  }

  resize(guest: MovedGuest, signal: AbortSignal): Promise<void> {
    return this.#mover.resize(guest, signal);
  }

  confirmResize(serverId: ServerId): Promise<void> {
    return this.#mover.confirmResize(serverId);
  }

  revertResize(serverId: ServerId): Promise<void> {
    return this.#mover.revertResize(serverId);
  }

  diagnostics(serverId: ServerId): Promise<Diagnostics> {
    return guestDiagnostics({ link: this.#link, domains: this.#domains, virtType: this.#options.virtType }, serverId);
  }

  snapshot(serverId: ServerId, target: ImageTarget, options: SnapshotOptions): Promise<void> {
    return this.#snapshots.take(serverId, target, options);
  }

  console(serverId: ServerId, kind: ConsoleKind): Promise<GuestConsole> {
    return this.#consoles.find(serverId, kind);
  }

  async consoleOutput(serverId: ServerId, lines?: number): Promise<string> {
    await this.#domains.get(serverId);
    return attempt('read the console of the server', () => consoleTail(this.#directories.paths(serverId).consoleLog, lines));
  }
}
