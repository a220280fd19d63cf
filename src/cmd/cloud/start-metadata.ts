import { mountMetadata } from '../../api/metadata/mount-metadata.ts';
import { MetadataApi } from '../../compute/servers/guest-metadata-api.ts';
import { type Guard, listen, openGuard } from './http.ts';
import { metadataSecret } from './metadata-secret.ts';
import type { Endpoints } from './ready-file.ts';
import type { Shared } from './shared.ts';

/** Starts the metadata service, which hosts query on behalf of their guests. */
export async function startMetadata(shared: Shared, { isPressed }: Pick<Guard, 'isPressed'> = openGuard(shared)): Promise<Endpoints> {
  const { db, runtime } = shared;
  const secret = await metadataSecret(shared);
  const metadata = new MetadataApi({ db, ids: runtime.ids, dhcpDomain: runtime.config.network.dhcp_domain });
  return {
    metadata: await listen(shared, 'metadata', (server) => mountMetadata(server, { metadata, secret, log: runtime.log }), { isPressed }),
  };
}
