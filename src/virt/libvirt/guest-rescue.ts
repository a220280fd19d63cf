import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { type GuestSpec, hardwareIn, type ImageSource } from '../../objects/guest-spec.ts';
import type { ServerId } from '../../objects/ids.ts';
import type { RescueDevice } from '../../objects/rescue-device.ts';
import type { Patience, ReportProgress } from '../driver.ts';
import { diskNameOf } from './definition/volume-disk.ts';
import { drivePlace, type GuestDisk, nextPlace, ownPlaces } from './definition/disk-places.ts';
import { createDisk } from './disk.ts';
import { domainXml } from './domain-xml.ts';
import type { DomainParts } from './definition/domain-parts.ts';
import { exists } from './exists.ts';
import type { GuestPaths } from './guest-directory.ts';
import { type ConfigDriveFormat, ownDisks, writeDrive } from './guest-disks.ts';
import type { GuestDomains } from './guest-domains.ts';
import { attempt } from './hypervisor-error.ts';
import type { ImageCache } from './image-cache.ts';
import { recordImages } from './image-uses.ts';
import type { LibvirtLink } from './link.ts';
import type { GuestPower } from './power.ts';
import { type GuestHost, hostParts } from './host-parts.ts';

export interface GuestRescueOptions extends GuestHost {
  readonly link: LibvirtLink;
  readonly domains: GuestDomains;
  readonly power: GuestPower;
  readonly images: ImageCache;
  readonly configDriveFormat: ConfigDriveFormat;
}

/**
 * Rescues guests: another definition under the same name and id, with the rescue disk beside the guest's own. The guest's own definition is
 * kept in a file meanwhile; while that file exists the guest is being rescued, or a rescue was interrupted.
 */
export class GuestRescue {
  readonly #options: GuestRescueOptions;

  constructor(options: GuestRescueOptions) {
    this.#options = options;
  }

  /** Boots the guest from the disk of `guest`; an interrupted rescue is begun anew, a completed one is only started. */
  async begin(
    guest: GuestSpec,
    { device, signal, ...patience }: Patience & { readonly device: RescueDevice | null },
    progress?: ReportProgress,
  ): Promise<void> {
    const { link, domains, power, directories } = this.#options;
    const { serverId } = guest;
    const paths = directories.paths(serverId);
    const domain = await domains.get(serverId);
    if (await exists(paths.rescued)) return await power.start(domain);
    // The images first: the guest runs on while they are fetched.
    const files = await this.#fetch(guest, paths, signal ?? new AbortController().signal, progress);
    signal?.throwIfAborted();
    await power.off(serverId, { ...patience, ...(signal && { signal }) });
    if (!(await exists(paths.ownDefinition))) {
      const own = await link.call('read the definition of the server', (libvirt) => libvirt.xml(domain, ['inactive', 'secure']));
      await attempt('keep the definition of the server', () => writeWhole(paths.ownDefinition, own));
    }
    const disks = await attempt('make the disks of the rescue', () => this.#makeDisks(guest, paths, { imageFile: files.disk, device }));
    const { kernel, ramdisk } = files;
    const parts: DomainParts = {
      guest,
      ...hostParts(this.#options, paths),
      disks,
      kernel,
      ramdisk,
    };
    // Memory that was saved belongs to the guest's own disks.
    const defined = await link.call('define the rescue of the server', (libvirt) => libvirt.define(domainXml(parts)));
    signal?.throwIfAborted();
    await power.start(defined, ['force-boot']);
    await writeFile(paths.rescued, '');
  }

  /** Gives the guest its own definition back and removes what is of the rescue; the guest is off then. A no-op without a rescue. */
  async end(serverId: ServerId): Promise<void> {
    const { link, domains, power, directories } = this.#options;
    const paths = directories.paths(serverId);
    const own = await readFile(paths.ownDefinition, 'utf8').catch(() => undefined);
    if (own === undefined) {
      // Before it is kept, only images have been fetched.
      await attempt('remove the files of the rescue', () => rm(paths.rescueImages, { force: true }));
      return;
    }
    await attempt('end the rescue', () => rm(paths.rescued, { force: true }));
    await power.cut(await domains.get(serverId));
    await link.call('define the server', (libvirt) => libvirt.define(own));
    await attempt('remove the files of the rescue', async () => {
      for (const file of [paths.rescueDisk, paths.rescueDrive, paths.rescueImages]) await rm(file, { force: true });
      // Last: until it is gone, this is repeated.
      await rm(paths.ownDefinition, { force: true });
    });
  }

  async #fetch(guest: GuestSpec, paths: GuestPaths, signal: AbortSignal, progress?: ReportProgress) {
    const { images } = this.#options;
    const sources = [guest.disk, guest.kernel, guest.ramdisk].filter((source) => source !== null);
    const hashes = sources.map(({ image }) => image.hash);
    await attempt('note the images of the rescue', () => recordImages({ images: paths.rescueImages }, hashes));
    const fetch = (source: ImageSource | null, onProgress?: ReportProgress) =>
      source ? images.path(source, signal, onProgress) : undefined;
    return await attempt('fetch the images of the rescue', async () => ({
      disk: await fetch(guest.disk, progress),
      kernel: await fetch(guest.kernel),
      ramdisk: await fetch(guest.ramdisk),
    }));
  }

  /** The disks of the rescue; without a device the rescue disk is the first, so that any image boots. */
  async #makeDisks(
    guest: GuestSpec,
    paths: GuestPaths,
    { imageFile, device }: { imageFile: string | undefined; device: RescueDevice | null },
  ): Promise<readonly GuestDisk[]> {
    const { configDriveFormat: format } = this.#options;
    const { disk, flavor, configDrive } = guest;
    await rm(paths.rescueDisk, { force: true });
    // Like Nova's, the rescue disk has the size of its image.
    if (disk && imageFile !== undefined)
      await createDisk({ image: disk.image, imageFile, disk: paths.rescueDisk, flavor: { ...flavor, rootGb: 0 } });
    if (configDrive) await writeDrive(paths.rescueDrive, configDrive, format);
    const hardware = hardwareIn(guest);
    const drive = configDrive ? [drivePlace(paths.rescueDrive, format, hardware)] : [];
    const own = await ownDisks(paths);
    const rescueDisk = { file: paths.rescueDisk, format: 'qcow2' as const };
    if (device === null) return [...ownPlaces([rescueDisk, ...own], hardware), ...drive];
    const volumes = (guest.volumes ?? []).map((volume) => ({ dev: diskNameOf(volume) }));
    const places = ownPlaces(own, hardware, { withoutRoot: volumes.length > 0 && !(await exists(paths.disk)) });
    return [...places, { ...nextPlace(rescueDisk, device, [...places, ...drive, ...volumes]), isBooted: true }, ...drive];
  }
}

/** Writes a file that others see as a whole or not at all. */
async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
}
