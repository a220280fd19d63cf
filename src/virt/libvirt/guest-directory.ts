import { access, chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { asId, type ServerId } from '../../objects/ids.ts';

// Where the files of guests lie: one directory a guest, below the driver's own.

/** Others may pass (QEMU runs as a user of its own), not look. */
const PASSABLE = 0o711;

const SERVER_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Paths of one guest's files. */
export interface GuestPaths {
  readonly directory: string;
  readonly disk: string;
  readonly consoleLog: string;
  /** Exists once the guest was made to the end: without it, what is there is half made. */
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
    return { directory, disk: join(directory, 'disk'), consoleLog: join(directory, 'console.log'), made: join(directory, 'made') };
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
    return access(this.paths(serverId).made).then(
      () => true,
      () => false,
    );
  }

  /** Those that were begun and not brought to their end. */
  async halfMade(): Promise<readonly ServerId[]> {
    const ids = await this.#all();
    const made = await Promise.all(ids.map((id) => this.isMade(id)));
    return ids.filter((_, index) => !made[index]);
  }

  /** Does something with each guest's files, one guest after the other. */
  async forEach(act: (paths: GuestPaths) => Promise<void>): Promise<void> {
    for (const id of await this.#all()) await act(this.paths(id));
  }

  async remove(serverId: ServerId): Promise<void> {
    // Never more than a directory of ours, whatever the id.
    if (SERVER_ID.test(serverId)) await rm(this.paths(serverId).directory, { recursive: true, force: true });
  }

  async #all(): Promise<readonly ServerId[]> {
    return (await readdir(this.home)).filter((name) => SERVER_ID.test(name)).map((name) => asId<ServerId>(name));
  }
}
