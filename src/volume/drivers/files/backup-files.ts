import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ids } from '../../../lib/clock/ids.ts';
import { invariant } from '../../../lib/errors/invariant.ts';
import { codeOf } from '../../../lib/errors/outage.ts';
import { syncToDisk } from '../../../lib/files/durable.ts';
import type { BackupStore } from '../../backup-store.ts';

/** Backups as folders of files; several hosts may share the directory. */
export class BackupFiles implements BackupStore {
  readonly id: string;
  readonly #directory: string;
  readonly #ids: Ids;

  private constructor(id: string, directory: string, ids: Ids) {
    this.id = id;
    this.#directory = directory;
    this.#ids = ids;
  }

  /** Opens the directory; whoever is first gives it its id. */
  static async open(directory: string, ids: Ids): Promise<BackupFiles> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const file = join(directory, 'store-id');
    const mine = `${file}-${ids.hex(8)}`;
    await write(mine, Buffer.from(ids.uuid()));
    await link(mine, file).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error;
    });
    await rm(mine, { force: true });
    return new BackupFiles((await readFile(file, 'utf8')).trim(), directory, ids);
  }

  async put(backup: string, piece: string, data: Uint8Array): Promise<void> {
    const folder = this.#folder(backup);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // Under another name until it is whole. If we die, it goes with the folder.
    const unfinished = join(folder, `unfinished-${this.#ids.hex(8)}`);
    await write(unfinished, data);
    await rename(unfinished, join(folder, piece));
    await syncToDisk(folder);
    await syncToDisk(this.#directory);
  }

  async get(backup: string, piece: string): Promise<Uint8Array | undefined> {
    return await readFile(join(this.#folder(backup), piece)).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    });
  }

  async remove(backup: string): Promise<void> {
    await rm(this.#folder(backup), { recursive: true, force: true });
  }

  #folder(backup: string): string {
    invariant(/^[\w-]{1,64}$/.test(backup), 'the id of a backup is no path');
    return join(this.#directory, `backup-${backup}`);
  }
}

async function write(file: string, data: Uint8Array): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(data);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
