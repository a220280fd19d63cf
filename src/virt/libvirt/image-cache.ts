import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '../../lib/clock/clock.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import type { ImageSource } from '../../objects/guest-spec.ts';
import type { ReportProgress } from '../driver.ts';
import { ImageUnusable } from '../errors.ts';
import { type Ageing, ageOut, cachedImages, IMAGE_FILE, markUsed, putBack } from './image-ageing.ts';
import type { ImageFetcher } from './image-fetcher.ts';

/** A download shared by one or more spawns. */
interface Download {
  readonly path: Promise<string>;
  readonly abort: AbortController;
  /** Progress callbacks of the waiting spawns. */
  readonly listeners: Set<ReportProgress>;
  waiting: number;
}

const READ_ONLY = 0o444;

/**
 * Caches the images of this host's guests, one read-only file per content. Guest disks are layers above these files,
 * so a cached file must never change.
 */
export class ImageCache {
  readonly #directory: string;
  readonly #unfinished: string;
  readonly #images: ImageFetcher;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #downloads = new Map<string, Download>();
  /** Removals in progress, by path. */
  readonly #leaving = new Map<string, Promise<boolean>>();

  constructor(options: { directory: string; node: string; images: ImageFetcher; clock: Clock; ids: Ids }) {
    this.#directory = resolve(options.directory);
    this.#unfinished = `.unfinished-${encodeURIComponent(options.node)}-`;
    this.#images = options.images;
    this.#clock = options.clock;
    this.#ids = options.ids;
  }

  /** Creates the directory; removes partial downloads of an earlier process and undoes its partial removals. */
  async prepare(): Promise<void> {
    await mkdir(this.#directory, { recursive: true });
    // Images may be private, so the directory cannot be listed. QEMU's user opens files by unguessable names.
    await chmod(this.#directory, 0o711);
    const names = (await readdir(this.#directory)).filter((name) => name.startsWith(this.#unfinished));
    await Promise.all(names.map((name) => rm(join(this.#directory, name), { force: true })));
    await putBack(this.#directory);
  }

  /** The hashes of the cached images. */
  list(): Promise<readonly string[]> {
    return cachedImages(this.#directory);
  }

  /** Removes the images that no guest has used for `unusedForMs`; returns their hashes. None, while uses are not known of all guests. */
  async ageOut({ inUse, unusedForMs }: Pick<Ageing, 'inUse' | 'unusedForMs'>): Promise<readonly string[]> {
    const removed: string[] = [];
    const used = await inUse();
    if (!used) return removed;
    for (const hash of await this.list()) {
      const path = join(this.#directory, hash);
      const now = this.#clock.now();
      if (used.has(hash)) {
        await markUsed(path, now);
        continue;
      }
      const leaving = ageOut(hash, { directory: this.#directory, inUse, unusedForMs, now });
      this.#leaving.set(path, leaving);
      try {
        if (await leaving) removed.push(hash);
      } finally {
        this.#leaving.delete(path);
      }
    }
    return removed;
  }

  get directory(): string {
    return this.#directory;
  }

  /** Where the image with this hash is, if it is cached. */
  fileOf(hash: string): string {
    return join(this.#directory, hash.toLowerCase());
  }

  /**
   * Takes an image from elsewhere into the cache, unless it is there: `bring` writes it to a path. The hash is checked. The file stays as
   * long as `inUse` of `ageOut` names it, which must be so before this call. @returns whether it was brought
   */
  async adopt(hash: string, bytes: number, bring: (to: string) => Promise<void>): Promise<boolean> {
    if (!IMAGE_FILE.test(hash)) throw new Error(`${hash} is no hash of an image`);
    const path = this.fileOf(hash);
    if (await this.#hit(path, bytes)) return false;
    const unfinished = join(this.#directory, `${this.#unfinished}${this.#ids.hex(8)}`);
    try {
      await bring(unfinished);
      if ((await hashOf(unfinished)) !== hash) throw new Error(`the data of image ${hash} has another hash`);
      await this.#keep(unfinished, path);
      return true;
    } finally {
      await rm(unfinished, { force: true });
    }
  }

  /**
   * The path of the image's data, downloaded on a cache miss; concurrent requests for one image share a download.
   * The file stays as long as `inUse` of `ageOut` names it, which must be so before this call.
   */
  async path(source: ImageSource, signal: AbortSignal, progress?: ReportProgress): Promise<string> {
    signal.throwIfAborted();
    const { hash, id, sizeBytes } = source.image;
    if (!IMAGE_FILE.test(hash.toLowerCase())) throw ImageUnusable({ imageId: id, because: 'it has no sha512 checksum.' });
    const path = join(this.#directory, hash.toLowerCase());
    if (await this.#hit(path, sizeBytes)) return path;
    return this.#share(path, source, signal, progress);
  }

  /** Whether the image is cached whole. Not decided while the image is being removed: the removal may still be undone. */
  async #hit(path: string, sizeBytes: number): Promise<boolean> {
    for (;;) {
      await this.#leaving.get(path)?.catch(() => {});
      const isWhole = (await sizeOf(path)) === sizeBytes;
      if (isWhole) await markUsed(path, this.#clock.now());
      if (!this.#leaving.has(path)) return isWhole;
    }
  }

  async #share(path: string, source: ImageSource, signal: AbortSignal, progress?: ReportProgress): Promise<string> {
    const download = this.#downloads.get(path) ?? this.#begin(path, source);
    download.waiting += 1;
    if (progress) download.listeners.add(progress);
    const aborted = Promise.withResolvers<never>();
    const onAbort = (): void => aborted.reject(signal.reason);
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
    try {
      return await Promise.race([download.path, aborted.promise]);
    } finally {
      signal.removeEventListener('abort', onAbort);
      download.waiting -= 1;
      if (progress) download.listeners.delete(progress);
      // The last waiter left: abort the download and remove the partial file.
      if (download.waiting === 0) {
        this.#forget(path, download);
        download.abort.abort(signal.reason);
        await download.path.catch(() => undefined);
      }
    }
  }

  #begin(path: string, source: ImageSource): Download {
    const abort = new AbortController();
    const listeners = new Set<ReportProgress>();
    const progress: ReportProgress = (percent, text) => listeners.forEach((listener) => listener(percent, text));
    const download: Download = { path: this.#download(path, source, abort.signal, progress), abort, listeners, waiting: 0 };
    this.#downloads.set(path, download);
    const forget = (): void => this.#forget(path, download);
    download.path.then(forget, forget);
    return download;
  }

  #forget(path: string, download: Download): void {
    if (this.#downloads.get(path) === download) this.#downloads.delete(path);
  }

  async #download(path: string, source: ImageSource, signal: AbortSignal, progress: ReportProgress): Promise<string> {
    const unfinished = join(this.#directory, `${this.#unfinished}${this.#ids.hex(8)}`);
    try {
      await this.#images.fetch(source, unfinished, signal, progress);
      await this.#keep(unfinished, path);
      return path;
    } finally {
      await rm(unfinished, { force: true });
    }
  }

  async #keep(unfinished: string, path: string): Promise<void> {
    await flush(unfinished);
    await chmod(unfinished, READ_ONLY);
    await rename(unfinished, path);
  }
}

const sizeOf = (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ size }) => size,
    () => undefined,
  );

const hashOf = async (path: string): Promise<string> => {
  const hash = createHash('sha512');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
};

/** Sync the data before the rename: otherwise a power failure could leave a cached image with holes. */
const flush = async (path: string): Promise<void> => {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
};
