import { open, rm, statfs, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { OfferedFiles } from '../../../lib/handover/offered-files.ts';
import type { MovedGuest } from '../../../objects/guest-spec.ts';
import type { ServerId } from '../../../objects/ids.ts';
import type { Arrival, Departure } from '../../../objects/live-migration.ts';
import { CannotTakeIn, GuestStillComing } from '../../errors.ts';
import type { Coming } from '../../live-migrations.ts';
import type { ReportProgress } from '../../report-progress.ts';
import { createEmptyDisk } from '../disk.ts';
import type { CpuChoice } from '../definition/domain-parts.ts';
import type { GuestBuilder } from '../guest-builder.ts';
import type { GuestDirectories, GuestPaths } from '../guest-directory.ts';
import type { GuestDomains } from '../guest-domains.ts';
import { versionNumber } from '../host-capacity.ts';
import { attempt } from '../hypervisor-error.ts';
import type { ImageCache } from '../image-cache.ts';
import { recordImages } from '../image-uses.ts';
import type { LibvirtLink } from '../link.ts';
import { IMAGE, isDrive } from '../packed-images.ts';
import type { ArrivalPlace } from './live-migration-options.ts';

export interface ArrivalsOptions {
  readonly link: LibvirtLink;
  readonly domains: GuestDomains;
  readonly directories: GuestDirectories;
  readonly images: ImageCache;
  readonly builder: GuestBuilder;
  readonly cpu: CpuChoice;
  readonly place: ArrivalPlace;
}

/** Takes guests in that come running. */
export class Arrivals {
  readonly #options: ArrivalsOptions;

  constructor(options: ArrivalsOptions) {
    this.#options = options;
  }

  async check({ hypervisorVersion, diskBytes, processor }: Departure): Promise<void> {
    const { link, directories } = this.#options;
    const version = await link.call('tell its version', (libvirt) => libvirt.hypervisorVersion());
    if (versionNumber(version) < hypervisorVersion)
      throw CannotTakeIn({ because: 'The instance requires a newer hypervisor version than has been provided.' });
    const { bavail, bsize } = await attempt('look at its disk', () => statfs(directories.home));
    if (bavail * bsize < diskBytes)
      throw CannotTakeIn({ because: `Disk of instance is too large(available on destination host:${bavail * bsize} < need:${diskBytes})` });
    if (processor === undefined) return;
    const compared = await link.call('compare processors', (libvirt) => libvirt.compareCpu(processor));
    if (compared === 'incompatible') throw CannotTakeIn({ because: "Unacceptable CPU info: CPU doesn't have compatibility." });
  }

  async prepare({ guest, departure }: Coming, from: OfferedFiles, signal: AbortSignal, progress?: ReportProgress): Promise<Arrival> {
    const { builder, directories, images, place, cpu } = this.#options;
    const { serverId } = guest;
    await builder.remove(serverId);
    try {
      await attempt('prepare for a server', () => this.#makeFiles(serverId, departure, from, signal, progress));
      signal.throwIfAborted();
    } catch (error) {
      await builder.remove(serverId).catch(() => {});
      signal.throwIfAborted();
      throw error;
    }
    const { directory } = directories.paths(serverId);
    const shared = cpu.shared && { shared: cpu.shared.join(',') };
    return { connect: place.connect, ...place.placesOf(serverId), home: directories.home, directory, images: images.directory, ...shared };
  }

  /** A guest that comes is transient here until it has arrived. */
  async has(serverId: ServerId): Promise<boolean> {
    const { link, domains } = this.#options;
    const domain = await domains.find(serverId);
    if (!domain) return false;
    const isHere = await link.call('look at a server that comes', async (libvirt) => {
      const [isKept, { state, reason }] = [await libvirt.isPersistent(domain), await libvirt.state(domain)];
      return isKept && !(state === 'paused' && COMING.has(reason));
    });
    if (!isHere) throw GuestStillComing({ serverId });
    return true;
  }

  async welcome({ serverId }: MovedGuest, console: string): Promise<void> {
    const paths = this.#options.directories.paths(serverId);
    await this.#options.domains.get(serverId);
    await attempt('keep the console log of a server', () => writeFile(paths.earlierConsole, console));
    await attempt('note that a server has arrived', () => rm(paths.coming, { force: true }));
  }

  /** Looks after what an earlier process prepared: a guest that never came is forgotten, one that has arrived stays. */
  async tidy(paths: GuestPaths, serverId: ServerId): Promise<void> {
    if (!(await isThere(paths.coming))) return;
    try {
      if (await this.has(serverId)) await rm(paths.coming, { force: true });
      else await this.#options.builder.remove(serverId);
    } catch (error) {
      // Whoever moves it will tell.
      if (!GuestStillComing.is(error)) throw error;
    }
  }

  async #makeFiles(
    serverId: ServerId,
    { disks }: Departure,
    from: OfferedFiles,
    signal: AbortSignal,
    progress?: ReportProgress,
  ): Promise<void> {
    const { directories, images } = this.#options;
    const paths = await directories.create(serverId);
    await writeFile(paths.coming, '');
    await directories.markMade(serverId);
    const offered = from.files.filter(({ name }) => name.startsWith(IMAGE));
    // Before they are fetched, so that the cache keeps them.
    await recordImages(
      paths,
      offered.map(({ name }) => name.slice(IMAGE.length)),
    );
    for (const { name } of from.files.filter(isDrive)) await from.fetch(name, join(paths.directory, basename(name)), signal);
    for (const { name, bytes } of offered) {
      let done = 0;
      const count = (more: number): void => {
        done += more;
        progress?.((100 * done) / bytes, 'fetching an image');
      };
      await images.adopt(name.slice(IMAGE.length), bytes, (to) => from.fetch(name, to, signal, count));
    }
    for (const { name, format, virtualBytes, image, imageFormat = 'raw' } of disks) {
      const below = image === undefined ? undefined : { file: images.fileOf(image), format: imageFormat };
      // A name of another host must not lead out of the directory.
      await createEmptyDisk({ disk: join(paths.directory, basename(name)), format, virtualBytes }, below);
    }
  }
}

/** Why a guest that is still coming is paused. */
const COMING = new Set(['migration', 'starting-up']);

const isThere = (path: string): Promise<boolean> =>
  open(path).then(
    async (file) => {
      await file.close();
      return true;
    },
    () => false,
  );
