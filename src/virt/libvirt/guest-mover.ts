import { mkdir, readdir, rename, rm, stat, writeFile, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { OfferedFile } from '../../lib/handover/file-offer.ts';
import type { OfferedFiles } from '../../lib/handover/offered-files.ts';
import { hardwareIn, type MovedGuest } from '../../objects/guest-spec.ts';
import type { ServerId } from '../../objects/ids.ts';
import type { ReportProgress } from '../driver.ts';
import { GuestInWrongState } from '../errors.ts';
import { fitFurtherDisks } from './further-disks.ts';
import { copyFileSparse, growDisk, rebaseDisk } from './disk.ts';
import { type BootFiles, bootFilesIn } from './boot-files.ts';
import { existingDisks } from './guest-disks.ts';
import type { GuestBuilder } from './guest-builder.ts';
import type { GuestPaths } from './guest-directory.ts';
import type { GuestDomains } from './guest-domains.ts';
import type { GuestTpms } from './guest-tpm.ts';
import { attempt } from './hypervisor-error.ts';
import type { ImageCache } from './image-cache.ts';
import { recordImages } from './image-uses.ts';
import type { LibvirtLink } from './link.ts';
import { IMAGE, packedImages } from './packed-images.ts';
import { type GuestHost, hostParts } from './host-parts.ts';

export interface GuestMoverOptions extends GuestHost {
  readonly link: LibvirtLink;
  readonly domains: GuestDomains;
  readonly images: ImageCache;
  readonly builder: GuestBuilder;
  readonly tpms: GuestTpms;
}

/** The files of a guest that a move takes along: its disks, the settings of its firmware, and the log of its console. */
const isOwnFile = (name: string): boolean => name.startsWith('disk') || name === 'console.log' || name === 'console.log.earlier';

/** Takes guests to other hosts and to other sizes. */
export class GuestMover {
  readonly #options: GuestMoverOptions;

  constructor(options: GuestMoverOptions) {
    this.#options = options;
  }

  /** Its own files, its TPM, the images below its disks, and a note of what it boots from. */
  async pack(serverId: ServerId): Promise<readonly OfferedFile[]> {
    const { directories, images, tpms } = this.#options;
    const boots = await this.#bootFilesOf(serverId);
    const paths = directories.paths(serverId);
    return await attempt('pack the server', async () => {
      await writeFile(paths.boots, JSON.stringify(boots));
      const names = (await readdir(paths.directory)).filter(isOwnFile);
      const own = [...names, basename(paths.boots)].map((name) => ({ name, path: join(paths.directory, name) }));
      const sized = await Promise.all(own.map(async (file) => ({ ...file, bytes: (await stat(file.path)).size })));
      return [...sized, ...(await tpms.pack(serverId)), ...(await packedImages(paths, images))];
    });
  }

  /** Nothing of it is left when it fails. */
  async unpack(guest: MovedGuest, from: OfferedFiles, signal: AbortSignal, progress?: ReportProgress): Promise<void> {
    const { builder, directories } = this.#options;
    await builder.remove(guest.serverId);
    try {
      await attempt('unpack the server', () => this.#fetch(guest.serverId, from, signal, progress));
      const paths = directories.paths(guest.serverId);
      await this.#fitDisks(guest, paths);
      const boots: BootFiles = JSON.parse(await readFile(paths.boots, 'utf8'));
      await this.#define(guest, boots);
      await directories.markMade(guest.serverId);
      signal.throwIfAborted();
    } catch (error) {
      await builder.remove(guest.serverId).catch(() => {});
      signal.throwIfAborted();
      throw error;
    }
  }

  /** What it was before lies in a directory beside its files, whole or not at all. */
  async resize(guest: MovedGuest, signal: AbortSignal): Promise<void> {
    const { directories } = this.#options;
    const boots = await this.#bootFilesOf(guest.serverId);
    const paths = directories.paths(guest.serverId);
    await attempt('keep what the server was', () => this.#keepBefore(guest.serverId, paths));
    signal.throwIfAborted();
    await this.#fitDisks(guest, paths);
    await this.#define(guest, boots);
  }

  confirmResize(serverId: ServerId): Promise<void> {
    const { before } = this.#options.directories.paths(serverId);
    return attempt('forget what the server was', () => rm(before, { recursive: true, force: true }));
  }

  async revertResize(serverId: ServerId): Promise<void> {
    const { link, directories } = this.#options;
    const paths = directories.paths(serverId);
    const xml = await readFile(join(paths.before, DOMAIN), 'utf8').catch(() => undefined);
    // There is nothing to revert, or that was done.
    if (xml === undefined) return;
    await this.#offDomain(serverId);
    await attempt('give the server its disks back', async () => {
      const disks = (await readdir(paths.before)).filter(isOwnFile);
      // What the other size had beside.
      for (const name of [paths.ephemeral, paths.swap].map((path) => basename(path)))
        if (!disks.includes(name)) await rm(join(paths.directory, name), { force: true });
      for (const name of disks) await copyFileSparse(join(paths.before, name), join(paths.directory, `${name}.back`));
      for (const name of disks) await rename(join(paths.directory, `${name}.back`), join(paths.directory, name));
    });
    await link.call('define the server', (libvirt) => libvirt.define(xml));
    await this.confirmResize(serverId);
  }

  async #fetch(serverId: ServerId, from: OfferedFiles, signal: AbortSignal, progress?: ReportProgress): Promise<void> {
    const { directories, images, tpms } = this.#options;
    const paths = await directories.create(serverId);
    const hashes = from.files.flatMap(({ name }) => (name.startsWith(IMAGE) ? [name.slice(IMAGE.length)] : []));
    // Before they are fetched, so that the cache keeps them.
    await recordImages(paths, hashes);
    const totalBytes = from.files.reduce((sum, { bytes }) => sum + bytes, 0) || 1;
    let doneBytes = 0;
    const count = (bytes: number): void => {
      doneBytes += bytes;
      progress?.((100 * doneBytes) / totalBytes, 'fetching its disks');
    };
    for (const { name, bytes } of from.files) {
      if (name.startsWith(IMAGE)) {
        const hash = name.slice(IMAGE.length);
        const isNew = await images.adopt(hash, bytes, (to) => from.fetch(name, to, signal, count));
        if (!isNew) count(bytes);
      } else if (tpms.has(name)) await tpms.fetch(serverId, name, from, signal, count);
      else if (isOwnFile(name) || name === basename(paths.boots)) {
        // A name of another host must not lead out of the directory.
        await from.fetch(name, join(paths.directory, basename(name)), signal, count);
      }
    }
  }

  /** Disks refer to the images of this host, and are as large as the flavor says. */
  async #fitDisks({ serverId, flavor }: MovedGuest, paths: GuestPaths): Promise<void> {
    const { images } = this.#options;
    await attempt('fit the disks of the server', () => fitFurtherDisks(paths, flavor));
    if (!(await readdir(paths.directory)).includes(basename(paths.disk))) return;
    await rebaseDisk(paths.disk, (hash) => images.fileOf(hash));
    if (flavor.rootGb > 0) await growDisk(paths.disk, flavor.rootGb, serverId);
  }

  async #define(guest: MovedGuest, boots: BootFiles): Promise<void> {
    const { builder, images, directories } = this.#options;
    const { image, ...rest } = guest;
    const paths = directories.paths(guest.serverId);
    const fileOf = (hash: string | undefined) => (hash === undefined ? undefined : images.fileOf(hash));
    // Nothing is fetched for a guest whose files are here.
    const isOnVolume = guest.volumes?.some(({ isRoot }) => isRoot) ?? false;
    const disk = isOnVolume ? null : image && { image, url: '', token: '' };
    const spec = { ...rest, disk, ...(isOnVolume && image && { image }), kernel: null, ramdisk: null };
    await builder.define({
      guest: spec,
      ...hostParts(this.#options, paths),
      disks: await existingDisks(paths, hardwareIn(spec)),
      kernel: fileOf(boots.kernel),
      ramdisk: fileOf(boots.ramdisk),
    });
  }

  /** A copy, of which a part does not count: it is renamed when it is whole. */
  async #keepBefore(serverId: ServerId, paths: GuestPaths): Promise<void> {
    const { link, domains } = this.#options;
    const isKept = await stat(paths.before).catch(() => undefined);
    if (isKept) return;
    const part = `${paths.before}.part`;
    await rm(part, { recursive: true, force: true });
    await mkdir(part);
    const domain = await domains.get(serverId);
    await writeFile(
      join(part, DOMAIN),
      await link.call('read the definition of the server', (libvirt) => libvirt.xml(domain, ['inactive', 'secure'])),
    );
    const disks = (await readdir(paths.directory)).filter((name) => name.startsWith('disk'));
    for (const name of disks) await copyFileSparse(join(paths.directory, name), join(part, name));
    await rename(part, paths.before);
  }

  async #bootFilesOf(serverId: ServerId): Promise<BootFiles> {
    const domain = await this.#offDomain(serverId);
    const xml = await this.#options.link.call('read the definition of the server', (libvirt) => libvirt.xml(domain, ['inactive']));
    return bootFilesIn(xml);
  }

  /** The guest, which must be off: its files would change. */
  async #offDomain(serverId: ServerId) {
    const { domains } = this.#options;
    const domain = await domains.get(serverId);
    const state = await domains.powerState(domain);
    if (state !== 'shutdown' && state !== 'crashed') throw GuestInWrongState({ serverId, state, wanted: 'shutdown' });
    return domain;
  }
}

/** The definition of a guest as it was before a resize. */
const DOMAIN = 'domain.xml';
