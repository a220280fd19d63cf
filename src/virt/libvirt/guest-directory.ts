import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { asId, type ServerId } from '../../objects/ids.ts';
import { earlierOf } from './console-log.ts';
import { exists } from './exists.ts';

// The files of guests: one directory per guest, below the driver's own.

/** Other users may traverse it (QEMU runs as its own user) but not list it. */
const PASSABLE = 0o711;

const SERVER_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Paths of one guest's files. */
export interface GuestPaths {
  readonly serverId: ServerId;
  readonly directory: string;
  readonly disk: string;
  readonly ephemeral: string;
  readonly swap: string;
  readonly configDrive: string;
  /** The settings of its firmware, if it is UEFI. A disk by its name, so that moves take it along. */
  readonly nvram: string;
  /** The disk and config drive of a rescue. */
  readonly rescueDisk: string;
  readonly rescueDrive: string;
  /** The guest's own definition, while it is being rescued. */
  readonly ownDefinition: string;
  /** Marks a complete rescue. */
  readonly rescued: string;
  readonly consoleLog: string;
  /** A copy of the disk, while it is made and sent, and the same in another format. */
  readonly snapshot: string;
  readonly converted: string;
  /** Marks a guest whose file systems are frozen. */
  readonly frozen: string;
  /** Records which cached images the guest uses. */
  readonly images: string;
  /** Records what the guest boots from, for the host that it moves to. */
  readonly boots: string;
  /** What a resized guest was before, until that is confirmed or reverted. */
  readonly before: string;
  /** Records which further ones its rescue uses. */
  readonly rescueImages: string;
  /** What the console printed on the hosts that the guest has been on before. */
  readonly earlierConsole: string;
  /** Marks a guest that comes running from another host, until it is one of this host's own. */
  readonly coming: string;
  /** Marks a guest that leaves for another host while it runs. */
  readonly leaving: string;
  /** Marks a complete guest; without it the guest is incomplete. */
  readonly made: string;
}

/** The guests' directories below one directory. */
export class GuestDirectories {
  readonly home: string;

  constructor(home: string) {
    this.home = resolve(home);
  }

  paths(serverId: ServerId): GuestPaths {
    const directory = join(this.home, serverId);
    const file = (name: string) => join(directory, name);
    const copies = { snapshot: file('snapshot'), converted: file('snapshot.converted') };
    return {
      serverId,
      directory,
      disk: file('disk'),
      ephemeral: file('disk.eph0'),
      swap: file('disk.swap'),
      configDrive: file('disk.config'),
      nvram: file('disk.nvram'),
      rescueDisk: file('disk.rescue'),
      rescueDrive: file('disk.config.rescue'),
      ownDefinition: file('unrescue.xml'),
      rescued: file('rescued'),
      consoleLog: file('console.log'),
      frozen: file('frozen'),
      images: file('images'),
      rescueImages: file('images.rescue'),
      made: file('made'),
      boots: file('boots'),
      before: file('before'),
      ...copies,
      earlierConsole: earlierOf(file('console.log')),
      coming: file('coming'),
      leaving: file('leaving'),
    };
  }

  async prepare(): Promise<void> {
    await mkdir(this.home, { recursive: true });
    await chmod(this.home, PASSABLE);
  }

  async create(serverId: ServerId): Promise<GuestPaths> {
    const paths = this.paths(serverId);
    await mkdir(paths.directory);
    await chmod(paths.directory, PASSABLE);
    return paths;
  }

  async markMade(serverId: ServerId): Promise<void> {
    await writeFile(this.paths(serverId).made, '');
  }

  isMade(serverId: ServerId): Promise<boolean> {
    return exists(this.paths(serverId).made);
  }

  /** Incomplete guests. */
  async halfMade(): Promise<readonly ServerId[]> {
    const ids = await this.#all();
    const made = await Promise.all(ids.map((id) => this.isMade(id)));
    return ids.filter((_, index) => !made[index]);
  }

  /** Runs a function on each guest's files, one guest at a time. */
  async forEach(act: (paths: GuestPaths) => Promise<void>): Promise<void> {
    for (const paths of await this.list()) await act(paths);
  }

  /** The paths of every guest; none where there is no such directory. */
  async list(): Promise<readonly GuestPaths[]> {
    return (await this.#all()).map((id) => this.paths(id));
  }

  async remove(serverId: ServerId): Promise<void> {
    // Guards against ids that would escape this directory.
    if (SERVER_ID.test(serverId)) await rm(this.paths(serverId).directory, { recursive: true, force: true });
  }

  async #all(): Promise<readonly ServerId[]> {
    const names = await readdir(this.home).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    return names.filter((name) => SERVER_ID.test(name)).map((name) => asId<ServerId>(name));
  }
}
