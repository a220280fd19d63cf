import { chmod, chown, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { OfferedFile } from '../../lib/handover/file-offer.ts';
import type { OfferedFiles } from '../../lib/handover/offered-files.ts';
import type { ServerId } from '../../objects/ids.ts';

/** Where emulated TPMs live: libvirt keeps their state outside of the guests' directories. */
export interface TpmPlaces {
  /** A directory for each guest, by its id. */
  readonly states: string;
  /** The directory of the authority that certifies TPMs: it belongs to the account that emulates them. */
  readonly authority: string;
}

/** Where a libvirtd of the machine keeps them. */
export const SYSTEM_TPMS: TpmPlaces = { states: '/var/lib/libvirt/swtpm', authority: '/var/lib/swtpm-localca' };

/** The files of a TPM are offered to other hosts under this name: `tpm/tpm2/tpm2-00.permall`. */
const OFFERED = /^tpm\/(tpm1\.2|tpm2)\/([A-Za-z0-9_-][A-Za-z0-9._-]*)$/;

/** The state of guests' TPMs, which moves take along: a TPM that forgets makes the guest's secrets unreadable. */
export class GuestTpms {
  readonly #places: TpmPlaces;

  constructor(places: TpmPlaces) {
    this.#places = places;
  }

  /** The files of a guest's TPM; none where it has no TPM. */
  async pack(serverId: ServerId): Promise<readonly OfferedFile[]> {
    const packed: OfferedFile[] = [];
    for (const kind of await namesIn(this.#directoryOf(serverId)))
      for (const file of await namesIn(join(this.#directoryOf(serverId), kind))) {
        const [name, path] = [`tpm/${kind}/${file}`, join(this.#directoryOf(serverId), kind, file)];
        if (OFFERED.test(name)) packed.push({ name, path, bytes: (await stat(path)).size });
      }
    return packed;
  }

  /** Whether an offered file is of a TPM. */
  has(name: string): boolean {
    return OFFERED.test(name);
  }

  /** Fetches such a file to its place, where libvirt finds it when the guest starts. */
  async fetch(serverId: ServerId, name: string, from: OfferedFiles, signal: AbortSignal, count: (bytes: number) => void): Promise<void> {
    const [, kind, file] = OFFERED.exec(name) ?? [];
    if (kind === undefined || file === undefined) return;
    const directory = join(this.#directoryOf(serverId), kind);
    await mkdir(directory, { recursive: true });
    // The emulator's account passes through the outer one; only the inner one is its own.
    await chmod(this.#directoryOf(serverId), 0o711);
    await chmod(directory, 0o700);
    const path = join(directory, file);
    await from.fetch(name, path, signal, count);
    const { uid, gid } = await stat(this.#places.authority);
    for (const own of [directory, path]) await chown(own, uid, gid);
  }

  /** Forgets the TPM of a guest that was not defined; libvirt forgets those of guests that it knew. */
  async remove(serverId: ServerId): Promise<void> {
    await rm(this.#directoryOf(serverId), { recursive: true, force: true });
  }

  #directoryOf(serverId: ServerId): string {
    return join(this.#places.states, serverId);
  }
}

const namesIn = (directory: string): Promise<readonly string[]> =>
  readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
