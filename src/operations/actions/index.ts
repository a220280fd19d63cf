import { confirmResize } from './moves/confirm-resize.ts';
import { evacuate } from './moves/evacuate.ts';
import { liveMigrate } from './moves/live-migrate.ts';
import { migrate } from './moves/migrate.ts';
import { resize } from './moves/resize.ts';
import { revertResize } from './moves/revert-resize.ts';
import { createBackup } from './disks/create-backup.ts';
import { createImage } from './disks/create-image.ts';
import { shelve } from './disks/shelve.ts';
import { shelveOffload } from './disks/shelve-offload.ts';
import { unshelve } from './disks/unshelve.ts';
import { crashDump } from './power/crash-dump.ts';
import { forceDelete } from './deletion/force-delete.ts';
import { restore } from './deletion/restore.ts';
import { pause } from './power/pause.ts';
import { reboot } from './power/reboot.ts';
import { resume } from './power/resume.ts';
import { start } from './power/start.ts';
import { stop } from './power/stop.ts';
import { suspend } from './power/suspend.ts';
import { unpause } from './power/unpause.ts';
import { changePassword } from './power/change-password.ts';
import { consoleOutput } from './questions/console-output.ts';
import { diagnostics } from './questions/diagnostics.ts';
import { rebuild } from './rebuild/rebuild.ts';
import { injectNetworkInfo } from './record/inject-network-info.ts';
import { resetNetwork } from './record/reset-network.ts';
import { rescue } from './rescue/rescue.ts';
import { unrescue } from './rescue/unrescue.ts';
import { lock } from './record/lock.ts';
import { resetState } from './record/reset-state.ts';
import { unlock } from './record/unlock.ts';

/** Every action on a server. A new one: its file, a lifecycle row, a line here. */
export const serverActions = {
  start,
  stop,
  reboot,
  pause,
  unpause,
  suspend,
  resume,
  trigger_crash_dump: crashDump,
  rebuild,
  resize,
  migrate,
  evacuate,
  'live-migration': liveMigrate,
  confirmResize,
  revertResize,
  createImage,
  createBackup,
  shelve,
  shelveOffload,
  unshelve,
  lock,
  unlock,
  resetState,
  injectNetworkInfo,
  resetNetwork,
  consoleOutput,
  changePassword,
  delete: forceDelete,
  restore,
  rescue,
  unrescue,
  diagnostics,
} as const;

type Actions = typeof serverActions;

export type ServerActionName = keyof Actions;
