import type { CloudDb } from '../db/sql/queries.ts';
import type { LivingProcess } from '../db/sql/living-process.ts';
import type { Ids } from '../lib/clock/ids.ts';
import type { Policy } from '../policy/policy.ts';
import type { DataStore } from './store.ts';

/** What a project may have; -1 is unlimited. */
export interface StoreLimits {
  readonly buckets: number;
  readonly gigabytes: number;
}

/** What the parts of the object store work with. */
export interface StoreDeps {
  readonly db: CloudDb;
  readonly store: DataStore;
  readonly ids: Ids;
  readonly policy: Policy;
  /** This process, as the writer of files. */
  readonly writer: LivingProcess;
  readonly limits: StoreLimits;
}
