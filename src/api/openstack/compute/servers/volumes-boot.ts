import { overlap, type Microversion } from '../../../../lib/versioning/microversion.ts';
import { v } from '../../../../microversions.ts';
import type { Route } from '../../../pipeline/route.ts';
import { serverActionRoutes } from './actions.ts';
import type { ServerFaceDeps } from './deps.ts';
import { createServer, deleteServer, listServers, listServersInFull, showServer } from './routes.ts';
import { updateServer } from './update.ts';

/** The actions that Nova served here too: those that its servers had from the beginning. */
const actions = new Set([
  'confirmResize',
  'revertResize',
  'reboot',
  'resize',
  'rebuild',
  'createImage',
  'os-start',
  'os-stop',
  'trigger_crash_dump',
]);

const earlier = (a: Microversion | undefined, b: Microversion): Microversion => (a !== undefined && a.ordinal < b.ordinal ? a : b);

const window = { until: v.noVolumesBoot };

/** A second name of servers, once for those that boot from volumes, with the same answers. */
export const volumesBootRoutes: readonly Route<ServerFaceDeps>[] = [
  createServer,
  listServers,
  listServersInFull,
  showServer,
  updateServer,
  deleteServer,
  ...serverActionRoutes.filter(({ action }) => action !== undefined && actions.has(action)),
]
  .filter((one) => overlap(one, window))
  .map((one) => ({ ...one, path: one.path.replace('/servers', '/os-volumes_boot'), until: earlier(one.until, window.until) }));
