// Every route of the volume API.
import type { Route } from '../../pipeline/route.ts';
import { attachmentsRoutes } from './attachments/routes.ts';
import { backupsRoutes } from './backups/routes.ts';
import { backupUses } from './backups/uses.ts';
import type { VolumeFaceDeps } from './deps.ts';
import { hostsRoutes } from './fleet/hosts.ts';
import { poolsRoutes } from './fleet/pools.ts';
import { servicesRoutes } from './fleet/services.ts';
import { messagesRoutes } from './messages/routes.ts';
import { metadataRoutes } from './metadata-routes.ts';
import { qosAssociationRoutes } from './qos/associations.ts';
import { qosSpecsRoutes } from './qos/routes.ts';
import { showLimits } from './quotas/limits.ts';
import { quotasRoutes } from './quotas/routes.ts';
import { snapshotActions } from './snapshots/actions.ts';
import { snapshotsRoutes } from './snapshots/routes.ts';
import { transfersRoutes } from './transfers/routes.ts';
import { typeAccessRoutes } from './types/access.ts';
import { defaultTypesRoutes } from './types/default-types.ts';
import { typeEncryptionRoutes } from './types/encryption.ts';
import { extraSpecsRoutes } from './types/extra-specs.ts';
import { typesRoutes } from './types/routes.ts';
import { extensionRoutes } from './versions/extensions.ts';
import { showVolumeVersion } from './versions/routes.ts';
import { imageActions } from './volumes/actions/images.ts';
import { stateActions } from './volumes/actions/states.ts';
import { useActions } from './volumes/actions/uses.ts';
import { volumesRoutes } from './volumes/routes.ts';
import { summaryRoutes } from './volumes/summary.ts';

export const volumeRoutes: readonly Route<VolumeFaceDeps>[] = [
  showVolumeVersion,
  ...summaryRoutes,
  ...volumesRoutes,
  ...metadataRoutes('/volumes', ({ volumes }) => volumes.volumeMetadata),
  ...stateActions,
  ...useActions,
  ...imageActions,
  ...snapshotsRoutes,
  ...snapshotActions,
  ...metadataRoutes('/snapshots', ({ volumes }) => volumes.snapshotMetadata),
  ...backupUses,
  ...backupsRoutes,
  ...attachmentsRoutes,
  ...transfersRoutes,
  ...typesRoutes,
  ...extraSpecsRoutes,
  ...typeAccessRoutes,
  ...typeEncryptionRoutes,
  ...defaultTypesRoutes,
  ...qosSpecsRoutes,
  ...qosAssociationRoutes,
  ...quotasRoutes,
  showLimits,
  ...servicesRoutes,
  ...poolsRoutes,
  ...hostsRoutes,
  ...messagesRoutes,
  ...extensionRoutes,
];
