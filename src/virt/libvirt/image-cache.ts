import { chmod, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Ids } from '../../lib/clock/ids.ts';
import type { ImageSource } from '../../objects/guest-spec.ts';
import type { ReportProgress } from '../driver.ts';
import { ImageUnusable } from '../errors.ts';
import type { ImageFetcher } from './image-fetcher.ts';

/** A download shared by one or more spawns. */
interface Download {
  readonly path: Promise<string>;
  readonly abort: AbortController;
  /** Progress callbacks of the waiting spawns. */
  readonly listeners: Set<ReportProgress>;
  waiting: number;
}

const SHA512 = /^[0-9a-f]{128}$/i;
const READ_ONLY = 0o444;

/**
 * Caches the images of this host's guests, one read-only file per content. Guest disks are layers above these files,
 * so a cached file must never change.
 */
export class ImageCache {
  readonly #directory: string;
  readonly #unfinished: string;
  readonly #images: ImageFetcher;
  readonly #ids: Ids;
  readonly #downloads = new Map<string, Download>();

  constructor(options: { directory: string; node: string; images: ImageFetcher; ids: Ids }) {
    this.#directory = resolve(options.directory);
    this.#unfinished = `.unfinished-${encodeURIComponent(options.node)}-`;
    this.#images = options.images;
    this.#ids = options.ids;
  }

  /** Creates the directory; removes partial downloads of an earlier process. */
  async prepare(): Promise<void> {
    await mkdir(this.#directory, { recursive: true });
    // Images may be private, so the directory cannot be listed. QEMU's user opens files by unguessable names.
    await chmod(this.#directory, 0o711);
    const names = (await readdir(this.#directory)).filter((name) => name.startsWith(this.#unfinished));
    await Promise.all(names.map((name) => rm(join(this.#directory, name), { force: true })));
  }

  /** The path of the image's data, downloaded on a cache miss; concurrent requests for one image share a download. */
  async path(source: ImageSource, signal: AbortSignal, progress?: ReportProgress): Promise<string> {
    signal.throwIfAborted();
    const { hash, id, sizeBytes } = source.image;
    if (!SHA512.test(hash)) throw ImageUnusable({ imageId: id, because: 'it has no sha512 checksum.' });
    const path = join(this.#directory, hash.toLowerCase());
    if ((await sizeOf(path)) === sizeBytes) return path;
    return this.#share(path, source, signal, progress);
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
      await flush(unfinished);
      await chmod(unfinished, READ_ONLY);
      await rename(unfinished, path);
      return path;
    } finally {
      await rm(unfinished, { force: true });
    }
  }
}

const sizeOf = (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ size }) => size,
    () => undefined,
  );

/** Sync the data before the rename: otherwise a power failure could leave a cached image with holes. */
const flush = async (path: string): Promise<void> => {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
};
