import { createReadStream } from 'node:fs';
import { access, mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { invariant } from '../../../lib/errors/invariant.ts';
import { isOfFullDisk } from '../../../lib/errors/full-disk.ts';
import { codeOf } from '../../../lib/errors/outage.ts';
import { syncToDisk } from '../../../lib/files/durable.ts';
import type { ByteSpan } from '../../../objects/stored-object.ts';
import { StorageFull } from '../../errors.ts';
import type { DataStore, NamesOf } from '../../store.ts';

/** Only such names become files, so that no request can point elsewhere. */
const FILE_NAME = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Files are spread over folders, by the first digits of their names. */
const FOLDER_DIGITS = 2;

/** Data as files of a directory. A file is written once, under its final name: a row of the database says whether it is whole. */
export class FileDataStore implements DataStore {
  readonly #directory: string;
  readonly #folders = new Set<string>();

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Opens the store; creates the directory if it is missing. */
  static async open({ directory }: { readonly directory: string }): Promise<FileDataStore> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return new FileDataStore(directory);
  }

  async write(id: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      await this.#makeFolder(id);
      const file = await open(this.#pathOf(id), 'wx', 0o600);
      try {
        for await (const chunk of chunks) await file.writeFile(chunk);
        await file.sync();
      } finally {
        await file.close();
      }
      // Without this the file could be lost in a crash of the machine.
      await syncToDisk(this.#folderOf(id));
    } catch (error) {
      throw isOfFullDisk(error) ? StorageFull({}, { cause: error }) : error;
    }
  }

  async read(id: string, span?: ByteSpan): Promise<Readable> {
    // Opened before the answer begins, so that a missing file is an error and not a cut-off stream.
    const file = await open(this.#pathOf(id), 'r');
    return createReadStream('', { fd: file, ...(span && { start: span.first, end: span.last }) });
  }

  async remove(id: string): Promise<void> {
    await rm(this.#pathOf(id), { force: true });
  }

  async has(id: string): Promise<boolean> {
    return await access(this.#pathOf(id)).then(
      () => true,
      () => false,
    );
  }

  async *names(): AsyncGenerator<NamesOf> {
    for (let folder = 0; folder < 16 ** FOLDER_DIGITS; folder++) {
      const digits = folder.toString(16).padStart(FOLDER_DIGITS, '0');
      const names = await readdir(join(this.#directory, digits)).catch((error: unknown) => {
        if (codeOf(error) === 'ENOENT') return [];
        throw error;
      });
      yield { digits, names: names.filter((name) => FILE_NAME.test(name) && name.startsWith(digits)) };
    }
  }

  async #makeFolder(id: string): Promise<void> {
    const folder = this.#folderOf(id);
    if (this.#folders.has(folder)) return;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await syncToDisk(this.#directory);
    this.#folders.add(folder);
  }

  #folderOf(id: string): string {
    return join(this.#directory, id.slice(0, FOLDER_DIGITS));
  }

  #pathOf(id: string): string {
    invariant(FILE_NAME.test(id), 'data is named by a UUID in lower case');
    return join(this.#folderOf(id), id);
  }
}
