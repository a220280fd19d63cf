import { change } from '../db/change.ts';
import { transaction } from '../db/sql/retry.ts';
import { imagesWithData, isDataWanted, listUploads, resetUpload } from '../db/stores/image/uploads.ts';
import type { CloudDb } from '../db/sql/queries.ts';
import { imageUpload } from '../events/image.ts';
import { serviceContext } from '../lib/context/context.ts';
import { toImage } from './row.ts';
import type { ImageStore, Upload } from './store.ts';

interface Deps {
  readonly db: CloudDb;
  readonly store: ImageStore;
}

/**
 * Cleans up after dead processes: resets the images of their uploads to queued, and removes half-written files and data that no image
 * claims. Safe at any time, with any number of services using the store, because nothing alive is taken for dead:
 * - An upload is dead only if its process no longer holds its lock (db/stores/image/uploads.ts), taken before the row names the upload.
 * - An incoming file is left over only if it was there before the rows were read and no row names it: the row names an upload before its
 *   first byte is written.
 * - Data under an id is checked under its row's lock, which the end of an upload holds from before the data appears until the row says so.
 * If a live process loses its lock (its database session broke), its upload may be refused in the end; nothing else happens.
 */
export async function recoverImages(deps: Deps): Promise<{ readonly reset: number; readonly removed: number }> {
  // The argument above relies on this order.
  const incoming = await deps.store.received();
  const reset = await resetUploads(deps);
  await discardLeftovers(deps, incoming);
  return { reset, removed: await removeUnclaimed(deps) };
}

/** Recovery belongs to no request of a user. */
const RECOVERY = serviceContext('image-recovery');

/** Resets the images of uploads whose process is gone to queued; all of them, or one. @returns how many */
export async function resetUploads({ db, image }: Pick<Deps, 'db'> & { readonly image?: string }): Promise<number> {
  let reset = 0;
  for (const upload of await listUploads(db, image)) {
    const isReset = await change(RECOVERY, { db, what: `image.upload.error ${upload.upload}` }, async ({ trx, tell }) => {
      const row = await resetUpload(trx, upload);
      if (row) tell(imageUpload.error(toImage(row)));
      return row !== undefined;
    });
    if (isReset) reset += 1;
  }
  return reset;
}

async function discardLeftovers({ db, store }: Deps, incoming: readonly Upload[]): Promise<void> {
  const running = new Set((await listUploads(db)).map(({ upload }) => upload));
  for (const upload of incoming) if (!running.has(upload.upload)) await store.discard(upload);
}

async function removeUnclaimed({ db, store }: Deps): Promise<number> {
  const stored = await store.ids();
  const wanted = await imagesWithData(db, stored);
  let removed = 0;
  for (const id of stored.filter((each) => !wanted.has(each))) {
    const isRemoved = await transaction(db, async (trx) => {
      if (await isDataWanted(trx, id)) return false;
      await store.remove(id);
      return true;
    });
    if (isRemoved) removed += 1;
  }
  return removed;
}
