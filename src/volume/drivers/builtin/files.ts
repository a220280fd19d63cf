/** The files of a builtin backend: raw volumes and snapshots, and unfinished ones apart, which appear under their names by a rename. */
import { chown, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runToEnd } from '../../../lib/child/run-to-end.ts';
import { syncToDisk } from '../../../lib/files/durable.ts';

/** Who owns the files and runs what serves them; absent: we ourselves. */
export interface StorageAccount {
  readonly uid: number;
  readonly gid: number;
}

const GIB = 1024 ** 3;

/** Copying a volume of terabytes takes hours. */
const COPY_TIMEOUT_MS = 24 * 3_600_000;

type Kind = 'volume' | 'snapshot';

export class VolumeFiles {
  readonly #directory: string;
  readonly #account: StorageAccount | undefined;
  readonly #part: string;

  constructor(directory: string, account: StorageAccount | undefined) {
    this.#directory = directory;
    this.#account = account;
    this.#part = join(directory, 'unfinished');
  }

  /** Creates the directories and removes what earlier programs left unfinished. */
  async open(): Promise<void> {
    // Others may pass, so that the server of a volume reaches its file, but see nothing.
    await mkdir(this.#directory, { recursive: true, mode: 0o711 });
    await rm(this.#part, { recursive: true, force: true });
    await mkdir(this.#part, { mode: 0o711 });
  }

  path(kind: Kind, id: string): string {
    return join(this.#directory, `${kind}-${id}`);
  }

  has(kind: Kind, id: string): boolean {
    return existsSync(this.path(kind, id));
  }

  async list(kind: Kind): Promise<string[]> {
    const prefix = `${kind}-`;
    return (await readdir(this.#directory)).filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  }

  async remove(kind: Kind, id: string): Promise<void> {
    await rm(this.path(kind, id), { force: true });
  }

  /** Makes a file by filling a new one, which appears when it is whole and on disk, in place of an older one. */
  async make(kind: Kind, id: string, fill: (file: string) => Promise<void>): Promise<void> {
    await this.temporarily(`${kind}-${id}`, async (file) => {
      await this.create(file);
      await fill(file);
      await syncToDisk(file);
      await rename(file, this.path(kind, id));
      await syncToDisk(this.#directory);
    });
  }

  /** Lets work use the name of a file that does not exist; whatever is there afterwards is removed. */
  async temporarily<T>(name: string, work: (file: string) => Promise<T>): Promise<T> {
    const file = join(this.#part, `${name}-${process.hrtime.bigint()}`);
    try {
      return await work(file);
    } finally {
      await rm(file, { force: true });
    }
  }

  /** Makes a file at least this large; the new part reads as zeros. */
  async grow(file: string, sizeGb: number): Promise<void> {
    const handle = await open(file, 'r+');
    try {
      const { size } = await handle.stat();
      if (size < sizeGb * GIB) await handle.truncate(sizeGb * GIB);
    } finally {
      await handle.close();
    }
  }

  /** Copies a file that nobody writes; holes stay holes, and blocks are shared where the file system can. */
  async copy(from: string, to: string, signal: AbortSignal): Promise<void> {
    await runToEnd('cp', ['--sparse=always', '--reflink=auto', '--no-preserve=all', from, to], { timeoutMs: COPY_TIMEOUT_MS, signal });
  }

  /** Creates an empty file that the storage account may write. */
  async create(file: string): Promise<void> {
    const handle = await open(file, 'wx', 0o600);
    await handle.close();
    if (this.#account) await chown(file, this.#account.uid, this.#account.gid);
  }
}
