import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { access, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GuestSpec } from '../../objects/guest-spec.ts';
import type { GuestVolume } from '../../objects/guest-volume.ts';
import { asId, type ServerId } from '../../objects/ids.ts';
import type { PowerState } from '../../objects/states.ts';

/** A simulated guest: its spec, its state, its console log. */
export interface FakeGuest {
  readonly spec: GuestSpec;
  readonly power: PowerState;
  readonly boots: number;
  readonly console: string;
  readonly volumes?: readonly GuestVolume[];
  /** What it is booted from while it is being rescued. */
  readonly rescuedWith?: string;
  /** SHA-256 of the administrator's password, in hex, if one was set. */
  readonly adminPasswordDigest?: string;
  /** Its file systems are frozen for a copy of its disk. */
  readonly isFrozen?: true;
  /** What a resized guest was, until the resize is confirmed or reverted. */
  readonly before?: Pick<FakeGuest, 'spec' | 'boots' | 'console'>;
}

/**
 * Stores simulated guests, which outlive the process like real ones: one file each, replaced atomically.
 * Secrets are not stored: neither the image token nor the contents of the config drive.
 */
export class GuestFiles {
  readonly #directory: string;
  readonly #guests = new Map<ServerId, FakeGuest>();
  readonly #onChange: (serverId: ServerId, guest: FakeGuest | undefined) => void;

  /** @param onChange is told of every guest that has changed here, or is gone from here */
  constructor(directory: string, onChange: (serverId: ServerId, guest: FakeGuest | undefined) => void = () => {}) {
    this.#directory = directory;
    this.#onChange = onChange;
  }

  /** Reads the guests of an earlier process, and thaws those that it left frozen. */
  async load(): Promise<void> {
    await mkdir(this.#directory, { recursive: true });
    for (const name of await readdir(this.#directory)) {
      if (!name.endsWith('.json')) await rm(join(this.#directory, name), { force: true });
      else {
        const { isFrozen, ...guest }: FakeGuest = JSON.parse(await readFile(join(this.#directory, name), 'utf8'));
        this.#guests.set(guest.spec.serverId, guest);
        if (isFrozen) await this.put(guest);
      }
    }
  }

  get(serverId: ServerId): FakeGuest | undefined {
    return this.#guests.get(serverId) ?? this.#arrived(serverId);
  }

  all(): readonly FakeGuest[] {
    for (const name of readdirSync(this.#directory)) if (name.endsWith('.json')) this.get(asId<ServerId>(name.slice(0, -'.json'.length)));
    return [...this.#guests.values()];
  }

  /** Expects a guest that comes running from another simulated host. @returns the path that its file is to be moved to */
  async expect(serverId: ServerId): Promise<string> {
    await writeFile(this.#path(serverId, 'expected'), '');
    return this.pathOf(serverId);
  }

  /** Expects it no more. */
  async unexpect(serverId: ServerId): Promise<void> {
    await rm(this.#path(serverId, 'expected'), { force: true });
  }

  /** Hands a guest over to the host that expects it, in one step: at any moment one of the two has it. */
  async handOver(serverId: ServerId, to: string): Promise<void> {
    await access(to.replace(/json$/, 'expected'));
    await rename(this.#path(serverId, 'json'), to);
    this.#guests.delete(serverId);
    this.#onChange(serverId, undefined);
  }

  async put(guest: FakeGuest): Promise<void> {
    const { serverId } = guest.spec;
    const { disk, configDrive } = guest.spec;
    const spec = {
      ...guest.spec,
      disk: disk && { ...disk, token: '' },
      kernel: null,
      ramdisk: null,
      ...(configDrive && { configDrive: configDrive.map(({ path }) => ({ path, content: '' })) }),
    };
    const kept = { ...guest, spec };
    await writeFile(this.#path(serverId, 'new'), JSON.stringify(kept));
    await rename(this.#path(serverId, 'new'), this.#path(serverId, 'json'));
    this.#guests.set(serverId, kept);
    this.#onChange(serverId, kept);
  }

  /** The guest's file. */
  pathOf(serverId: ServerId): string {
    return this.#path(serverId, 'json');
  }

  /** A path for a guest's file that comes from elsewhere; the next start removes what is left there. */
  pathOfArrival(serverId: ServerId): string {
    return this.#path(serverId, 'arriving');
  }

  async remove(serverId: ServerId): Promise<void> {
    await this.unexpect(serverId);
    await rm(this.#path(serverId, 'json'), { force: true });
    // After the file: whoever looks meanwhile would read it again.
    this.#guests.delete(serverId);
    this.#onChange(serverId, undefined);
  }

  /** A guest that another host has moved here since the last look. */
  #arrived(serverId: ServerId): FakeGuest | undefined {
    const path = this.#path(serverId, 'json');
    if (!existsSync(path)) return undefined;
    // Another simulated host wrote it.
    const guest: FakeGuest = JSON.parse(readFileSync(path, 'utf8'));
    this.#guests.set(serverId, guest);
    return guest;
  }

  #path(serverId: ServerId, extension: 'json' | 'new' | 'arriving' | 'expected'): string {
    return join(this.#directory, `${serverId}.${extension}`);
  }
}
