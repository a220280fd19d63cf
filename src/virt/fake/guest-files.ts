import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GuestSpec } from '../../objects/guest-spec.ts';
import type { ServerId } from '../../objects/ids.ts';
import type { PowerState } from '../../objects/states.ts';

/** A simulated guest: what it was made of, how it stands, what its console said. */
export interface FakeGuest {
  readonly spec: GuestSpec;
  readonly power: PowerState;
  readonly boots: number;
  readonly console: string;
  /** SHA-256 of the administrator's password, in hex, once one was set. */
  readonly adminPasswordDigest?: string;
}

/**
 * Simulated guests outlive the process, as real ones do: a file each, replaced whole.
 * The pass to the image is left out of it.
 */
export class GuestFiles {
  readonly #directory: string;
  readonly #guests = new Map<ServerId, FakeGuest>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Reads what an earlier life left. */
  async load(): Promise<void> {
    await mkdir(this.#directory, { recursive: true });
    for (const name of await readdir(this.#directory)) {
      if (!name.endsWith('.json')) await rm(join(this.#directory, name), { force: true });
      else {
        const guest: FakeGuest = JSON.parse(await readFile(join(this.#directory, name), 'utf8'));
        this.#guests.set(guest.spec.serverId, guest);
      }
    }
  }

  get(serverId: ServerId): FakeGuest | undefined {
    return this.#guests.get(serverId);
  }

  all(): readonly FakeGuest[] {
    return [...this.#guests.values()];
  }

  async put(guest: FakeGuest): Promise<void> {
    const { serverId } = guest.spec;
    const spec = { ...guest.spec, disk: guest.spec.disk && { ...guest.spec.disk, token: '' }, kernel: null, ramdisk: null };
    const kept = { ...guest, spec };
    await writeFile(this.#path(serverId, 'new'), JSON.stringify(kept));
    await rename(this.#path(serverId, 'new'), this.#path(serverId, 'json'));
    this.#guests.set(serverId, kept);
  }

  async remove(serverId: ServerId): Promise<void> {
    this.#guests.delete(serverId);
    await rm(this.#path(serverId, 'json'), { force: true });
  }

  #path(serverId: ServerId, extension: 'json' | 'new'): string {
    return join(this.#directory, `${serverId}.${extension}`);
  }
}
