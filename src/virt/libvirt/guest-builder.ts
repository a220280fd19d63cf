import { type Domain, is, type Libvirt } from '@nova-ts/libvirt';
import { messageOf } from '../../lib/errors/error-type.ts';
import type { Log } from '../../lib/log/log.ts';
import type { GuestSpec, ImageSource } from '../../objects/guest-spec.ts';
import type { ServerId } from '../../objects/ids.ts';
import type { ReportProgress } from '../driver.ts';
import { GuestNameTaken } from '../errors.ts';
import { createDisk } from './disk.ts';
import { type DomainParts, domainXml, type VirtType } from './domain-xml.ts';
import type { GuestDirectories } from './guest-directory.ts';
import type { GuestDomains } from './guest-domains.ts';
import { attempt } from './hypervisor-error.ts';
import type { ImageCache } from './image-cache.ts';
import type { LibvirtLink } from './link.ts';
import type { GuestPower } from './power.ts';

export interface GuestBuilderOptions {
  readonly link: LibvirtLink;
  readonly domains: GuestDomains;
  readonly power: GuestPower;
  readonly directories: GuestDirectories;
  readonly images: ImageCache;
  readonly virtType: VirtType;
  readonly log: Log;
}

/** Makes guests, whole or not at all, and removes them. */
export class GuestBuilder {
  readonly #options: GuestBuilderOptions;

  constructor(options: GuestBuilderOptions) {
    this.#options = options;
  }

  /** Makes and starts the guest; one that was made before is only started, one half made is made anew. */
  async make(guest: GuestSpec, signal: AbortSignal, progress?: ReportProgress): Promise<void> {
    signal.throwIfAborted();
    if (await this.#startMade(guest.serverId)) return;
    await this.remove(guest.serverId);
    try {
      await this.#build(guest, signal, progress);
    } catch (error) {
      await this.remove(guest.serverId).catch((failure: unknown) =>
        this.#options.log.error({ serverId: guest.serverId, error: messageOf(failure) }, 'a guest that failed could not be removed'),
      );
      // Whatever broke off because of it: the abort is the reason.
      signal.throwIfAborted();
      throw error;
    }
  }

  /** Removes the guest, its saved memory and its files; what is not there is removed already. */
  async remove(serverId: ServerId): Promise<void> {
    const { link, domains, power, directories } = this.#options;
    const domain = await domains.find(serverId);
    if (domain) {
      await power.cut(domain);
      await link.call('remove the server', async (libvirt) => {
        try {
          await libvirt.undefine(domain, ['managed-save', 'nvram', 'snapshots-metadata', 'checkpoints-metadata']);
        } catch (error) {
          if (!is(error, 'no-domain')) throw error;
        }
      });
    }
    await attempt('remove the files of the server', () => directories.remove(serverId));
  }

  /** Removes what an earlier life of this host left half made; a guest that runs was made, whatever the files say. */
  async removeHalfMade(): Promise<void> {
    const { directories, log } = this.#options;
    for (const serverId of await directories.halfMade()) {
      if (await this.#startMade(serverId)) continue;
      log.info({ serverId }, 'a guest that an earlier life left half made is removed');
      await this.remove(serverId);
    }
  }

  async #startMade(serverId: ServerId): Promise<boolean> {
    const { domains, power, directories } = this.#options;
    const domain = await domains.find(serverId);
    if (!domain) return false;
    const state = await domains.powerState(domain);
    if (await directories.isMade(serverId)) await power.start(domain);
    // To start it was the last step of making it.
    else if (state === 'running' || state === 'paused') await directories.markMade(serverId);
    else return false;
    return true;
  }

  async #build(guest: GuestSpec, signal: AbortSignal, progress?: ReportProgress): Promise<void> {
    const { link, power, directories } = this.#options;
    const parts = await attempt('make the files of the server', () => this.#makeFiles(guest, signal, progress));
    signal.throwIfAborted();
    const domain = await link.call('define the server', (libvirt) => define(libvirt, parts));
    signal.throwIfAborted();
    await power.start(domain);
    await directories.markMade(guest.serverId);
    signal.throwIfAborted();
  }

  async #makeFiles(guest: GuestSpec, signal: AbortSignal, progress?: ReportProgress): Promise<DomainParts> {
    const { directories, images, virtType } = this.#options;
    const paths = await directories.create(guest.serverId);
    const fetch = (source: ImageSource | null, onProgress?: ReportProgress) =>
      source ? images.path(source, signal, onProgress) : undefined;
    // Nearly all of the time goes into the image of the disk.
    const imageFile = await fetch(guest.disk, progress);
    const kernel = await fetch(guest.kernel);
    const ramdisk = await fetch(guest.ramdisk);
    if (guest.disk && imageFile !== undefined)
      await createDisk({ image: guest.disk.image, imageFile, disk: paths.disk, flavor: guest.flavor });
    const disk = imageFile === undefined ? undefined : paths.disk;
    return { guest, virtType, home: directories.home, consoleLog: paths.consoleLog, disk, kernel, ramdisk };
  }
}

/** Defines the guest; says so where another one has its name, for which libvirt has but a common code. */
async function define(libvirt: Libvirt, parts: DomainParts): Promise<Domain> {
  try {
    return await libvirt.define(domainXml(parts));
  } catch (error) {
    const { name, serverId } = parts.guest;
    const namesake = await libvirt.lookupByName(name).catch(() => undefined);
    throw namesake && namesake.uuid !== serverId ? GuestNameTaken({ name }, { cause: error }) : error;
  }
}
