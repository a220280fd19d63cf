import type { Route } from '../wsgi/route.ts';
import type { ComputeFaceDeps } from './deps.ts';
import { flavorRoutes } from './flavors/index.ts';
import { createKeypair, deleteKeypair, listKeypairs, showKeypair } from './keypairs/routes.ts';
import { serverActionRoutes } from './servers/actions.ts';
import { consoleOutput, createServer, deleteServer, listServers, listServersInFull, showServer } from './servers/routes.ts';
import { showVersion } from './versions/routes.ts';

/** Every route of the compute API. */
export const computeRoutes: readonly Route<ComputeFaceDeps>[] = [
  showVersion,
  createServer,
  listServers,
  listServersInFull,
  showServer,
  deleteServer,
  ...serverActionRoutes,
  consoleOutput,
  ...flavorRoutes,
  createKeypair,
  listKeypairs,
  showKeypair,
  deleteKeypair,
];
