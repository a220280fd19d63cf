/** Chooses the pool of a new volume: pure, and every refusal carries its reason. */
import type { Pool } from '../../db/stores/volume/pools.ts';
import { VENDOR } from '../../objects/volume-host.ts';
import { refusalBySpecs } from './extra-specs.ts';

/** What is placed. */
export interface PoolRequest {
  readonly sizeGb: number;
  readonly extraSpecs: Readonly<Record<string, string>>;
  /** The pool of the data that it is made of: only its own host can read that. */
  readonly sourcePool: string | null;
  /** The store of the backup that it is made of. */
  readonly backupStore?: string;
}

/** A pool that is up for choice. */
export interface Candidate extends Pool {
  readonly isUp: boolean;
  readonly isEnabled: boolean;
}

export type PoolChoice =
  | { readonly kind: 'chosen'; readonly pool: string }
  | { readonly kind: 'refused'; readonly refusals: Readonly<Record<string, string>> };

/** The pool with the most space of those that can take the volume; of equal ones the first by name. */
export function choosePool(request: PoolRequest, candidates: readonly Candidate[]): PoolChoice {
  const refusals: Record<string, string> = {};
  const passing = candidates.filter((pool) => {
    const refusal = refusalOf(request, pool);
    if (refusal !== undefined) refusals[pool.name] = refusal;
    return refusal === undefined;
  });
  const [best] = passing.toSorted((a, b) => b.freeGb - a.freeGb || a.name.localeCompare(b.name));
  return best ? { kind: 'chosen', pool: best.name } : { kind: 'refused', refusals };
}

function refusalOf({ sizeGb, extraSpecs, sourcePool, backupStore }: PoolRequest, pool: Candidate): string | undefined {
  if (!pool.isEnabled) return 'it is disabled';
  if (!pool.isUp) return 'its service is down';
  if (sourcePool !== null && pool.name !== sourcePool) return `the source is in ${sourcePool}`;
  if (backupStore !== undefined && pool.backupStore !== backupStore) return 'its host has not the backup';
  if (pool.freeGb < sizeGb) return `${pool.freeGb} GiB free, ${sizeGb} GiB wanted`;
  return refusalBySpecs(extraSpecs, capabilitiesOf(pool));
}

/** What a pool tells of itself, by the names that extra specs use. */
const capabilitiesOf = (pool: Pool): Readonly<Record<string, string>> => ({
  volume_backend_name: pool.backendName,
  vendor_name: VENDOR,
  driver_version: pool.driverVersion,
  storage_protocol: pool.protocol,
  thin_provisioning_support: 'True',
  thin_provisioning: 'True',
  multiattach: 'True',
});
