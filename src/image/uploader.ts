import { holdUploaderLock } from '../db/stores/image/uploads.ts';
import type { CloudDb } from '../db/sql/queries.ts';

interface Held {
  readonly taken: Promise<void>;
  readonly release: () => void;
  uploads: number;
}

/**
 * This process as an uploader. While it has uploads running it holds a lock, which tells others that it is alive. The lock takes one
 * connection, whatever the number of uploads, and none while there are none.
 */
export class Uploader {
  readonly name: string;
  readonly #db: CloudDb;
  #held: Held | undefined;

  constructor({ db, name }: { readonly db: CloudDb; readonly name: string }) {
    this.#db = db;
    this.name = name;
  }

  /** Runs an upload with the lock held from before it begins until it has ended. */
  async during<T>(upload: () => Promise<T>): Promise<T> {
    const held = (this.#held ??= this.#hold());
    held.uploads += 1;
    try {
      await held.taken;
      return await upload();
    } finally {
      held.uploads -= 1;
      if (held.uploads === 0) {
        if (this.#held === held) this.#held = undefined;
        held.release();
      }
    }
  }

  #hold(): Held {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const { promise: taken, resolve: take, reject: fail } = Promise.withResolvers<void>();
    const holding = holdUploaderLock(this.#db, this.name, () => {
      take();
      return released;
    });
    // A failure to take the lock fails the upload. Later it means that the session was lost and the lock with it: uploads go on, and
    // each learns at its end, from its row, whether it was taken for dead.
    holding.catch(fail);
    return { taken, release, uploads: 0 };
  }
}
