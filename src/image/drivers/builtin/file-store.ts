import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { invariant } from '../../../lib/errors/invariant.ts';
import { syncToDisk, writeAll } from '../../../lib/files/durable.ts';
import { ImageStorageFull } from '../../errors.ts';
import type { ByteRange, ImageStore, Upload } from '../../store.ts';

const INCOMING = 'incoming';
/** Only ids become names of files, so that no request can point elsewhere. */
const FILE_NAME = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const INCOMING_NAME = /^([0-9a-f-]{36})\.([\w-]+)$/;

/**
 * Images as files of a directory. Data is written to `incoming`, under the name of its upload, and synced; accepting it renames it.
 * Whatever happens, a file under an image's id is complete, and a name in `incoming` tells its image and upload.
 */
export class FileImageStore implements ImageStore {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Opens the store; creates the directory if it is missing. */
  static async open({ directory }: { readonly directory: string }): Promise<FileImageStore> {
    await mkdir(join(directory, INCOMING), { recursive: true });
    return new FileImageStore(directory);
  }

  async receive(upload: Upload, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      await writeDurably(this.#incomingPath(upload), chunks);
    } catch (error) {
      await this.discard(upload);
      throw isFull(error) ? ImageStorageFull({}, { cause: error }) : error;
    }
  }

  async accept(upload: Upload): Promise<void> {
    await rename(this.#incomingPath(upload), this.pathOf(upload.id));
    await syncToDisk(this.#directory);
  }

  async discard(upload: Upload): Promise<void> {
    await rm(this.#incomingPath(upload), { force: true });
  }

  async received(): Promise<readonly Upload[]> {
    const names = await readdir(join(this.#directory, INCOMING));
    return names.flatMap((name) => {
      const [, id, upload] = INCOMING_NAME.exec(name) ?? [];
      return id !== undefined && upload !== undefined ? [{ id, upload }] : [];
    });
  }

  async read(id: string, range?: ByteRange): Promise<AsyncIterable<Uint8Array>> {
    // Opened before the answer begins, so that a missing file is an error and not a cut-off stream.
    const file = await open(this.pathOf(id), 'r');
    return createReadStream('', { fd: file, ...(range && { start: range.first, end: range.last }) });
  }

  async remove(id: string): Promise<void> {
    await rm(this.pathOf(id), { force: true });
  }

  async ids(): Promise<readonly string[]> {
    return (await readdir(this.#directory)).filter((name) => FILE_NAME.test(name));
  }

  /** The file of an image, for processes that share the disk. */
  pathOf(id: string): string {
    invariant(FILE_NAME.test(id), 'an image id is a UUID in lower case');
    return join(this.#directory, id);
  }

  #incomingPath({ id, upload }: Upload): string {
    const name = `${id}.${upload}`;
    invariant(INCOMING_NAME.test(name), 'an upload is named by an image id and a word');
    return join(this.#directory, INCOMING, name);
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

const isFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
