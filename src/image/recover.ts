import { activeImageIds, resetUploads } from '../db/stores/images.ts';
import type { Queries } from '../db/stores/queries.ts';
import type { ImageStore } from './store.ts';

/**
 * Puts right what a crash left, before the image service takes requests: interrupted uploads wait for data again, half-written files
 * and data that no image claims go. Only one image service works on a store at a time.
 */
export async function recoverImages({
  db,
  store,
}: {
  readonly db: Queries;
  readonly store: ImageStore;
}): Promise<{ readonly reset: number; readonly removed: number }> {
  const reset = await resetUploads(db);
  await store.sweep();
  const stored = await store.ids();
  const active = await activeImageIds(db, stored);
  const unclaimed = stored.filter((id) => !active.has(id));
  for (const id of unclaimed) await store.remove(id);
  return { reset, removed: unclaimed.length };
}
