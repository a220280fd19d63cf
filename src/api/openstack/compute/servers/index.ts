import type { Route } from '../../../pipeline/route.ts';
import type { ServerFaceDeps } from './deps.ts';
import { serverActionRoutes } from './actions.ts';
import { addressRoutes } from './addresses.ts';
import { consoleRoutes } from './consoles.ts';
import { diagnosticsRoutes } from './diagnostics.ts';
import { instanceActionRoutes } from './instance-actions.ts';
import { createExternalEvents } from './external-events.ts';
import { fixedAddressRoutes } from './fixed-addresses.ts';
import { interfaceRoutes } from './interfaces.ts';
import { migrationRoutes } from './migrations.ts';
import { metadataRoutes } from './metadata.ts';
import { createServer, deleteServer, listServers, listServersInFull, showServer } from './routes.ts';
import { securityGroupRoutes } from './security-groups.ts';
import { serverPasswordRoutes } from './server-password.ts';
import { tagRoutes } from './tags.ts';
import { volumeAttachmentRoutes } from './volume-attachments.ts';
import { topologyRoutes } from './topology.ts';
import { volumesBootRoutes } from './volumes-boot.ts';
import { updateServer } from './update.ts';

/** Servers, their actions and sub-resources. */
export const serverRoutes: readonly Route<ServerFaceDeps>[] = [
  createServer,
  listServers,
  listServersInFull,
  showServer,
  updateServer,
  deleteServer,
  ...serverActionRoutes,
  ...metadataRoutes,
  ...addressRoutes,
  ...instanceActionRoutes,
  ...tagRoutes,
  ...interfaceRoutes,
  ...volumeAttachmentRoutes,
  ...volumesBootRoutes,
  ...fixedAddressRoutes,
  ...migrationRoutes,
  ...securityGroupRoutes,
  createExternalEvents,
  ...diagnosticsRoutes,
  ...topologyRoutes,
  ...serverPasswordRoutes,
  ...consoleRoutes,
];
