import { keptSecret } from '../../db/stores/cloud/cloud-secrets.ts';
import type { Shared } from './shared.ts';

const SECRET_BYTES = 32;

/** What hosts vouch for their guests with: configured, or made once for the whole cloud. */
export const metadataSecret = async ({ db, runtime: { config, ids } }: Shared): Promise<string> =>
  config.neutron.metadata_proxy_shared_secret ?? (await keptSecret(db, 'metadata_proxy_shared_secret', ids.hex(SECRET_BYTES)));
