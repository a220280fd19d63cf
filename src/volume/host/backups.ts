/** Backups as a volume host makes and reads them: the chunks that have data, each with its checksum, and a list of them at the end. */
import { type FileHandle, open } from 'node:fs/promises';
import { writeAll } from '../../lib/files/durable.ts';
import type { KeptBackup } from '../../objects/volume-backup.ts';
import type { BackupStore } from '../backup-store.ts';
import type { BackupReader, Copying, LentData } from '../driver.ts';
import { StorageFailed } from '../errors.ts';
import { type BackupManifest, checksumOf, chunkName, readManifest, writeManifest } from './backup-manifest.ts';

/** Bytes of a chunk: what is in memory at a time, and what an incremental backup repeats if one byte of it has changed. */
const CHUNK_BYTES = 4 * 1024 ** 2;

const ZEROS = Buffer.alloc(CHUNK_BYTES);

/** A backup to make. */
export interface NewBackup {
  readonly dataId: string;
  readonly parentDataId?: string | undefined;
}

export class Backups implements BackupReader {
  readonly #store: BackupStore;

  constructor(store: BackupStore) {
    this.#store = store;
  }

  get storeId(): string {
    return this.#store.id;
  }

  /** Keeps the data; a no-op if the backup exists. Chunks that the parent has with the same data stay there. */
  async write({ dataId, parentDataId }: NewBackup, { file, ranges }: LentData, copying: Copying): Promise<KeptBackup> {
    const known = await readManifest(this.#store, dataId);
    if (known) return keptOf(known);
    // What an earlier try left.
    await this.#store.remove(dataId);
    const parent = parentDataId === undefined ? undefined : await this.#require(parentDataId);
    const usable = parent?.chunkBytes === CHUNK_BYTES ? parent.chunks : [];
    const before = new Map(usable.map((chunk) => [chunk.number, chunk]));
    const handle = await open(file, 'r');
    try {
      const { size } = await handle.stat();
      const numbers = chunksOf(ranges ?? [{ from: 0, to: size }], size);
      const chunks: BackupManifest['chunks'] = [];
      for (const [n, number] of numbers.entries()) {
        copying.signal.throwIfAborted();
        const data = await readChunk(handle, number);
        if (data.length > 0 && !isZero(data)) {
          const sha256 = checksumOf(data);
          const old = before.get(number);
          if (old?.sha256 !== sha256) await this.#store.put(dataId, chunkName(number), data);
          chunks.push(old?.sha256 === sha256 ? old : { number, sha256, in: dataId });
        }
        copying.progress?.(Math.floor(((n + 1) * 100) / numbers.length));
      }
      const manifest: BackupManifest = { version: 1, sizeBytes: size, chunkBytes: CHUNK_BYTES, chunks };
      await writeManifest(this.#store, dataId, manifest);
      return keptOf(manifest);
    } finally {
      await handle.close();
    }
  }

  /** Writes a backup's data into a file that reads as zeros, and checks every chunk. */
  async restore(dataId: string, to: string, copying: Copying): Promise<void> {
    const { chunks, chunkBytes } = await this.#require(dataId);
    const handle = await open(to, 'r+');
    try {
      for (const [n, { number, sha256, in: holder }] of chunks.entries()) {
        copying.signal.throwIfAborted();
        const data = await this.#store.get(holder, chunkName(number));
        if (!data || checksumOf(data) !== sha256)
          throw StorageFailed({ what: 'restore the backup: some of its data is damaged or missing' });
        await writeAll(handle, data, number * chunkBytes);
        copying.progress?.(Math.floor(((n + 1) * 100) / chunks.length));
      }
    } finally {
      await handle.close();
    }
  }

  /** What the store has under an id; throws if that is nothing. */
  async find(dataId: string): Promise<KeptBackup> {
    return keptOf(await this.#require(dataId));
  }

  async remove(dataId: string): Promise<void> {
    await this.#store.remove(dataId);
  }

  async #require(dataId: string): Promise<BackupManifest> {
    const found = await readManifest(this.#store, dataId);
    if (!found) throw StorageFailed({ what: 'find the backup: its data is missing' });
    return found;
  }
}

const keptOf = ({ sizeBytes, chunks }: BackupManifest): KeptBackup => ({ sizeBytes, objectCount: chunks.length });

/** The chunks that ranges touch, in order. */
function chunksOf(ranges: NonNullable<LentData['ranges']>, size: number): readonly number[] {
  const numbers = new Set<number>();
  for (const { from, to } of ranges)
    for (let at = Math.floor(from / CHUNK_BYTES); at * CHUNK_BYTES < Math.min(to, size); at += 1) numbers.add(at);
  return [...numbers];
}

async function readChunk(handle: FileHandle, number: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  let length = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, length, CHUNK_BYTES - length, number * CHUNK_BYTES + length);
    length += bytesRead;
    if (bytesRead === 0 || length === CHUNK_BYTES) return buffer.subarray(0, length);
  }
}

const isZero = (data: Buffer): boolean => data.equals(ZEROS.subarray(0, data.length));
