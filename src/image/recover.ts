import { change } from '../db/change.ts';
import { transaction } from '../db/sql/retry.ts';
import { imagesWithData, isDataWanted, listUploads, resetUpload } from '../db/stores/image/uploads.ts';
import type { CloudDb } from '../db/sql/queries.ts';
import { imageUpload } from '../events/image.ts';
import { serviceContext } from '../lib/context/context.ts';
import { toImage } from './row.ts';
import type { ImageStore, Upload } from './store.ts';

interface Mess {
  readonly db: CloudDb;
  readonly store: ImageStore;
}

/**
 * Puts right what processes that died have left: uploads of theirs wait for data again, half-written files and data that no image claims
 * go. Safe at any time, with any number of services at work on the store, because nothing that lives can be taken for dead:
 * an upload counts as dead only if its process no longer holds its lock (stores/image-uploads.ts), which it takes before the row says
 * that an upload is on its way; what lies aside is left over only if it was there before the rows were read and none of them names it,
 * since the row names an upload before its first byte is written; and data under an id is judged under its row's lock, which the end of
 * an upload holds from before the data appears until the row says that it is there. Should a process that lives lose its lock (its
 * session with the database broke), its upload may be refused in the end: nothing else happens.
 */
export async function recoverImages(mess: Mess): Promise<{ readonly reset: number; readonly removed: number }> {
  // The order is what the argument above rests on.
  const aside = await mess.store.received();
  const reset = await resetUploads(mess);
  await discardLeftovers(mess, aside);
  return { reset, removed: await removeUnclaimed(mess) };
}

/** Nobody asked for it. */
const RECOVERY = serviceContext('image-recovery');

async function resetUploads({ db }: Mess): Promise<number> {
  let reset = 0;
  for (const upload of await listUploads(db)) {
    const isReset = await change(RECOVERY, { db, what: `image.upload.error ${upload.upload}` }, async ({ trx, tell }) => {
      const row = await resetUpload(trx, upload);
      if (row) tell(imageUpload.error(toImage(row)));
      return row !== undefined;
    });
    if (isReset) reset += 1;
  }
  return reset;
}

async function discardLeftovers({ db, store }: Mess, aside: readonly Upload[]): Promise<void> {
  const onTheirWay = new Set((await listUploads(db)).map(({ upload }) => upload));
  for (const left of aside) if (!onTheirWay.has(left.upload)) await store.discard(left);
}

async function removeUnclaimed({ db, store }: Mess): Promise<number> {
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
