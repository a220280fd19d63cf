import { prepareChangePassword } from './change-password.ts';
import { type EndResizeDeps, prepareConfirmResize, prepareRevertResize } from './end-resize.ts';
import { type EvacuateDeps, prepareEvacuate } from './evacuate.ts';
import { prepareForceDelete, prepareRestore } from './deletion.ts';
import { type LiveMigrateDeps, prepareLiveMigrate } from './live-migrate.ts';
import type { Preparers } from './preparers.ts';
import { prepareRebuild, type RebuildDeps } from './rebuild.ts';
import { prepareRescue, type RescueDeps } from './rescue.ts';
import { prepareMigrate, prepareResize, type ResizeDeps } from './resize.ts';
import { prepareShelve, prepareShelveOffload, prepareUnshelve, type ShelveDeps, type UnshelveDeps } from './shelve.ts';
import { prepareCreateBackup, prepareCreateImage, type SnapshotDeps } from './snapshot.ts';

/** What the preparers of all workflow actions need. */
export type PreparersDeps = RebuildDeps &
  ResizeDeps &
  EndResizeDeps &
  EvacuateDeps &
  RescueDeps &
  LiveMigrateDeps &
  SnapshotDeps &
  ShelveDeps &
  UnshelveDeps;

/** The preparer of every workflow action. */
export const preparersOf = (deps: PreparersDeps): Preparers => ({
  rebuild: prepareRebuild(deps),
  resize: prepareResize(deps),
  migrate: prepareMigrate(deps),
  evacuate: prepareEvacuate(deps),
  'live-migration': prepareLiveMigrate(deps),
  confirmResize: prepareConfirmResize(deps),
  revertResize: prepareRevertResize(deps),
  delete: prepareForceDelete,
  restore: prepareRestore(deps),
  rescue: prepareRescue(deps),
  changePassword: prepareChangePassword,
  createImage: prepareCreateImage(deps),
  createBackup: prepareCreateBackup(deps),
  shelve: prepareShelve(deps),
  shelveOffload: prepareShelveOffload,
  unshelve: prepareUnshelve(deps),
});
