import { keptSecret } from '../../db/stores/cloud/cloud-secrets.ts';
import type { Shared } from './shared.ts';

/** The id of the cloud, with which it marks what it makes on hosts; generated once and kept with the secrets of the cloud. */
export const cloudIdOf = ({ db, runtime: { ids } }: Pick<Shared, 'db' | 'runtime'>): Promise<string> =>
  keptSecret(db, 'cloud_id', ids.uuid());
