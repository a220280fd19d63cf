/** Which stores of backups there are, and who reaches them. */
import { listPools, type Pool } from '../db/stores/volume/pools.ts';
import type { Volume } from '../objects/volume.ts';
import { BackupServiceMissing } from './backup-errors.ts';
import type { VolumeDeps } from './deps.ts';
import { listVolumeServices } from '../db/stores/volume/services.ts';

type Deps = Pick<VolumeDeps, 'db' | 'group'>;

/** The store of the host that has a volume's data; throws if there is none, or the host is down. */
export async function storeOf(deps: Deps, { host }: Pick<Volume, 'host'>): Promise<string> {
  const pool = (await reachable(deps)).find(({ name }) => name === host);
  if (pool?.backupStore === undefined) throw BackupServiceMissing({});
  return pool.backupStore;
}

/** Throws unless a host that is up reaches the store. */
export async function checkStore(deps: Deps, storeId: string): Promise<void> {
  if (!(await reachable(deps)).some(({ backupStore }) => backupStore === storeId)) throw BackupServiceMissing({});
}

/** The pools of hosts that are up. */
async function reachable({ db, group }: Deps): Promise<readonly Pool[]> {
  const judged = await group.judge((await listVolumeServices(db)).map((service) => ({ ...service, forcedDown: false })));
  const up = judged.filter(({ isUp }) => isUp);
  return (await listPools(db)).filter((pool) => up.some(({ host }) => host === pool.host));
}
