import type { WorkflowDefinition } from '../../lib/workflow/workflow.ts';
import { bootServer } from './boot/boot-server.ts';
import { deleteServer } from './boot/delete-server.ts';
import type { WorkflowDeps } from './deps.ts';
import { cacheImages } from './images/cache-images.ts';
import { restoreServer } from './boot/restore-server.ts';
import { softDeleteServer } from './boot/soft-delete-server.ts';
import { rescueServer } from './disks/rescue-server.ts';
import { offloadServer } from './disks/offload-server.ts';
import { rebuildServer } from './disks/rebuild-server.ts';
import { abandonMove } from './moves/abandon-move.ts';
import { confirmResize } from './moves/confirm-resize.ts';
import { evacuateServer } from './moves/evacuate-server.ts';
import { liveMigrateServer } from './moves/live/live-migrate-server.ts';
import { resizeServer } from './moves/resize-server.ts';
import { revertResize } from './moves/revert-resize.ts';
import { attachInterface } from './interfaces/attach-interface.ts';
import { detachInterface } from './interfaces/detach-interface.ts';
import { attachVolume } from './volumes/attach-volume.ts';
import { detachVolume } from './volumes/detach-volume.ts';
import { growVolume } from './volumes/grow-volume.ts';
import { mendVolume } from './volumes/mend-volume.ts';
import { shelveServer } from './disks/shelve-server.ts';
import { snapshotServer } from './disks/snapshot-server.ts';
import { unshelveServer } from './disks/unshelve-server.ts';
import { changePassword } from './power/change-password.ts';
import { serverAction } from './power/server-action.ts';

/** Every workflow of the conductor. A new one: its file, its name and input in `operations`, a line here. */
export const allWorkflows = (deps: WorkflowDeps): WorkflowDefinition[] => [
  bootServer(deps),
  serverAction(deps),
  deleteServer(deps),
  rebuildServer(deps),
  resizeServer(deps),
  liveMigrateServer(deps),
  confirmResize(deps),
  revertResize(deps),
  evacuateServer(deps),
  abandonMove(deps),
  attachInterface(deps),
  detachInterface(deps),
  attachVolume(deps),
  detachVolume(deps),
  mendVolume(deps),
  growVolume(deps),
  cacheImages(deps),
  softDeleteServer(deps),
  restoreServer(deps),
  rescueServer(deps),
  snapshotServer(deps),
  shelveServer(deps),
  offloadServer(deps),
  unshelveServer(deps),
  changePassword(deps),
];
