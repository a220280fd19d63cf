import type { WorkflowDefinition } from '../../lib/workflow/workflow.ts';
import { createBackup, deleteBackup, importBackup } from './backups.ts';
import { createVolume } from './create-volume.ts';
import { deleteVolume } from './delete-volume.ts';
import type { VolumeWorkflowDeps } from './deps.ts';
import { extendVolume } from './extend-volume.ts';
import { restoreBackup } from './restore-backup.ts';
import { rewriteVolume } from './rewrite-volume.ts';
import { createSnapshot, deleteSnapshot } from './snapshots.ts';
import { uploadVolume } from './upload-volume.ts';

/** Every workflow of volumes. A new one: its name and input in `refs`, its file, a line here. */
export const volumeWorkflows = (deps: VolumeWorkflowDeps): WorkflowDefinition[] => [
  createVolume(deps),
  deleteVolume(deps),
  extendVolume(deps),
  rewriteVolume(deps),
  uploadVolume(deps),
  createSnapshot(deps),
  deleteSnapshot(deps),
  createBackup(deps),
  importBackup(deps),
  deleteBackup(deps),
  restoreBackup(deps),
];
