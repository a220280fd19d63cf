import { type Domain, is, type Libvirt } from '@nova-ts/libvirt';
import { messageOf } from '../../lib/errors/error-type.ts';
import type { Log } from '../../lib/log/log.ts';
import type { GuestSpec, ImageSource } from '../../objects/guest-spec.ts';
import type { ServerId } from '../../objects/ids.ts';
import type { ReportProgress } from '../driver.ts';
import { GuestNameTaken } from '../errors.ts';
import { domainXml } from './domain-xml.ts';
import type { DomainParts } from './definition/domain-parts.ts';
import { type ConfigDriveFormat, makeDisks } from './guest-disks.ts';
import type { GuestDomains } from './guest-domains.ts';
import type { GuestTpms } from './guest-tpm.ts';
import { attempt } from './hypervisor-error.ts';
import type { ImageCache } from './image-cache.ts';
import { recordImages } from './image-uses.ts';
import type { LibvirtLink } from './link.ts';
import type { GuestPower } from './power.ts';
import { type GuestHost, hostParts } from './host-parts.ts';

export interface GuestBuilderOptions extends GuestHost {
  readonly link: LibvirtLink;
  readonly domains: GuestDomains;
  readonly power: GuestPower;
  readonly images: ImageCache;
  readonly tpms: GuestTpms;
  readonly configDriveFormat: ConfigDriveFormat;
  readonly log: Log;
}

/** Creates guests atomically, and removes them. */
export class GuestBuilder {
  readonly #options: GuestBuilderOptions;

  constructor(options: GuestBuilderOptions) {
    this.#options = options;
  }

  /** Creates and starts the guest; an existing one is only started, an incomplete one is recreated. */
  async make(guest: GuestSpec, signal: AbortSignal, progress?: ReportProgress): Promise<void> {
    signal.throwIfAborted();
    if (await this.#startMade(guest.serverId)) return;
    await this.remove(guest.serverId);
    try {
      await this.#build(guest, signal, progress);
    } catch (error) {
      await this.remove(guest.serverId).catch((failure: unknown) =>
        this.#options.log.error(
          { serverId: guest.serverId, error: messageOf(failure) },
          'a guest that failed to spawn could not be removed',
        ),
      );
      // After an abort, report the abort and not the error that it caused.
      signal.throwIfAborted();
      throw error;
    }
  }

  /** Removes the guest, its saved memory and its files; missing parts are ignored. */
  async remove(serverId: ServerId): Promise<void> {
    const { link, domains, power, directories, tpms } = this.#options;
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
    await attempt('remove the files of the server', async () => {
      await tpms.remove(serverId);
      await directories.remove(serverId);
    });
  }

  /** Removes incomplete guests of an earlier process; a running guest counts as complete. */
  async removeHalfMade(): Promise<void> {
    const { directories, log } = this.#options;
    for (const serverId of await directories.halfMade()) {
      if (await this.#startMade(serverId)) continue;
      log.info({ serverId }, 'removing an incomplete guest of an earlier process');
      await this.remove(serverId);
    }
  }

  /** Defines the guest, or anew if it is; it does not start it. */
  define(parts: DomainParts): Promise<Domain> {
    return this.#options.link.call('define the server', (libvirt) => define(libvirt, parts));
  }

  async #startMade(serverId: ServerId): Promise<boolean> {
    const { domains, power, directories } = this.#options;
    const domain = await domains.find(serverId);
    if (!domain) return false;
    const state = await domains.powerState(domain);
    if (await directories.isMade(serverId)) await power.start(domain);
    // Starting is the last step of creation, so a running guest is complete.
    else if (state === 'running' || state === 'paused') await directories.markMade(serverId);
    else return false;
    return true;
  }

  async #build(guest: GuestSpec, signal: AbortSignal, progress?: ReportProgress): Promise<void> {
    const { power, directories } = this.#options;
    const parts = await attempt('make the files of the server', () => this.#makeFiles(guest, signal, progress));
    signal.throwIfAborted();
    const domain = await this.define(parts);
    signal.throwIfAborted();
    await power.start(domain);
    await directories.markMade(guest.serverId);
    signal.throwIfAborted();
  }

  async #makeFiles(guest: GuestSpec, signal: AbortSignal, progress?: ReportProgress): Promise<DomainParts> {
    const { directories, images, configDriveFormat: format } = this.#options;
    const paths = await directories.create(guest.serverId);
    const sources = [guest.disk, guest.kernel, guest.ramdisk].filter((source) => source !== null);
    await recordImages(
      paths,
      sources.map(({ image }) => image.hash),
    );
    const fetch = (source: ImageSource | null, onProgress?: ReportProgress) =>
      source ? images.path(source, signal, onProgress) : undefined;
    // The disk image takes nearly all of the time.
    const imageFile = await fetch(guest.disk, progress);
    const kernel = await fetch(guest.kernel);
    const ramdisk = await fetch(guest.ramdisk);
    const disks = await makeDisks(guest, { paths, imageFile, format });
    return {
      guest,
      ...hostParts(this.#options, paths),
      disks,
      kernel,
      ramdisk,
    };
  }
}

/** Defines the guest; detects a name conflict, for which libvirt has only a generic error code. */
async function define(libvirt: Libvirt, parts: DomainParts): Promise<Domain> {
  try {
    return await libvirt.define(domainXml(parts));
  } catch (error) {
    const { name, serverId } = parts.guest;
    const namesake = await libvirt.lookupByName(name).catch(() => undefined);
    throw namesake && namesake.uuid !== serverId ? GuestNameTaken({ name }, { cause: error }) : error;
  }
}
