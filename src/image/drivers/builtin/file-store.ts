import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ids } from '../../../lib/clock/ids.ts';
import { invariant } from '../../../lib/errors/invariant.ts';
import { ImageStorageFull } from '../../errors.ts';
import type { ImageStore } from '../../store.ts';

const INCOMING = 'incoming';
/** Only ids become names of files: nothing of a request can point elsewhere. */
const FILE_NAME = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Images as files of a directory. Data is written aside, forced to disk, then renamed: whatever happens, a file under an image's id is
 * whole, and what is not lies in `incoming`, where the next start sweeps it.
 */
export class FileImageStore implements ImageStore {
  readonly #directory: string;
  readonly #ids: Ids;

  private constructor(directory: string, ids: Ids) {
    this.#directory = directory;
    this.#ids = ids;
  }

  /** Opens the store; makes the directory where it is missing. */
  static async open({ directory, ids }: { readonly directory: string; readonly ids: Ids }): Promise<FileImageStore> {
    await mkdir(join(directory, INCOMING), { recursive: true });
    return new FileImageStore(directory, ids);
  }

  async save(id: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const target = this.pathOf(id);
    const aside = join(this.#directory, INCOMING, `${id}.${this.#ids.hex(8)}`);
    try {
      await writeDurably(aside, chunks);
      await rename(aside, target);
      await syncDirectory(this.#directory);
    } catch (error) {
      await rm(aside, { force: true });
      throw isFull(error) ? ImageStorageFull({}, { cause: error }) : error;
    }
  }

  async read(id: string): Promise<AsyncIterable<Uint8Array>> {
    // Opened before the answer begins, so that a missing file is an error and not a cut-off stream.
    const file = await open(this.pathOf(id), 'r');
    return createReadStream('', { fd: file });
  }

  async remove(id: string): Promise<void> {
    await rm(this.pathOf(id), { force: true });
  }

  async ids(): Promise<readonly string[]> {
    return (await readdir(this.#directory)).filter((name) => FILE_NAME.test(name));
  }

  async sweep(): Promise<void> {
    const left = await readdir(join(this.#directory, INCOMING));
    await Promise.all(left.map((name) => rm(join(this.#directory, INCOMING, name), { force: true })));
  }

  /** The file of an image, for who shares the disk. */
  pathOf(id: string): string {
    invariant(FILE_NAME.test(id), 'an image id is a UUID in lower case');
    return join(this.#directory, id);
  }
}

async function writeDurably(path: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of chunks) await writeAll(file, chunk);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** One write may take less than it is given. */
async function writeAll(file: Awaited<ReturnType<typeof open>>, chunk: Uint8Array): Promise<void> {
  for (let offset = 0; offset < chunk.length; ) {
    const { bytesWritten } = await file.write(chunk, offset);
    offset += bytesWritten;
  }
}

/** Without this a crash of the machine could forget the new name. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

const isFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
