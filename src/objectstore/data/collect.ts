/** Removes the files that nothing holds any more. */
import { transaction } from '../../db/sql/retry.ts';
import { dropAbandoned, forgetData, removableData } from '../../db/stores/objectstore/object-data.ts';
import type { CloudDb } from '../../db/sql/queries.ts';
import type { DataStore } from '../store.ts';

interface Deps {
  readonly db: CloudDb;
  readonly store: DataStore;
}

/** Files that one transaction removes. */
const AT_ONCE = 100;

/** Removes what may be removed. The row outlives its file: after a crash between the two the file is removed again, which is no harm. */
export async function collect({ db, store }: Deps): Promise<number> {
  for (let removed = 0; ; ) {
    const count = await transaction(db, async (trx) => {
      const ids = await removableData(trx, AT_ONCE);
      for (const id of ids) await store.remove(id);
      if (ids.length > 0) await forgetData(trx, ids);
      return ids.length;
    });
    removed += count;
    if (count < AT_ONCE) return removed;
  }
}

/** Also removes what processes left that are gone. Safe at any time, with any number of services. @returns how many files */
export async function recoverData(deps: Deps): Promise<number> {
  await dropAbandoned(deps.db);
  return await collect(deps);
}
