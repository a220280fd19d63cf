import { keptSecret } from '../../db/stores/cloud/cloud-secrets.ts';
import type { Shared } from './shared.ts';

const SECRET_BYTES = 32;

/** The secret with which hosts sign the identity of their guests: configured, or generated once for the whole cloud. */
export const metadataSecret = async ({ db, runtime: { config, ids } }: Shared): Promise<string> =>
  config.neutron.metadata_proxy_shared_secret ?? (await keptSecret(db, 'metadata_proxy_shared_secret', ids.hex(SECRET_BYTES)));
