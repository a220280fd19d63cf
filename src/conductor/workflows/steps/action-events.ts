import { beginSteps, END_STEP } from '../../../db/stores/servers/action-events.ts';
import { messageOf, NovaError } from '../../../lib/errors/error-type.ts';
import type { Chronicle } from '../../../lib/workflow/chronicle.ts';
import {
  attachInterfaceRef,
  attachVolumeRef,
  bootServerRef,
  changePasswordRef,
  confirmResizeRef,
  deleteServerRef,
  detachInterfaceRef,
  detachVolumeRef,
  evacuateServerRef,
  growVolumeRef,
  offloadServerRef,
  liveMigrateServerRef,
  performActionRef,
  rebuildServerRef,
  rescueServerRef,
  resizeServerRef,
  restoreServerRef,
  revertResizeRef,
  shelveServerRef,
  snapshotServerRef,
  softDeleteServerRef,
  unshelveServerRef,
} from '../../../operations/workflows.ts';

/**
 * The steps that users see as events of os-instance-actions: `compute_` for work on a host, `conductor_` for decisions made here. Where
 * Nova has the same step, its name is used; other steps are internal.
 */
const names = [
  { definition: bootServerRef.name, step: 'target', event: 'conductor_select_destinations' },
  { definition: bootServerRef.name, step: 'ports', event: 'conductor_allocate_networks' },
  { definition: bootServerRef.name, step: 'guest', event: 'compute__do_build_and_run_instance' },
  { definition: performActionRef.name, step: 'perform', event: 'compute_{action}_instance' },
  { definition: deleteServerRef.name, step: 'guest', event: 'compute_terminate_instance' },
  { definition: rebuildServerRef.name, step: 'check', event: 'conductor_rebuild_server' },
  { definition: rebuildServerRef.name, step: 'guest', event: 'compute_rebuild_instance' },
  { definition: resizeServerRef.name, step: 'target', event: 'conductor_migrate_server' },
  { definition: resizeServerRef.name, step: 'vifs', event: 'compute_prep_resize' },
  { definition: resizeServerRef.name, step: 'guest', event: 'compute_resize_instance' },
  { definition: resizeServerRef.name, step: 'on', event: 'compute_finish_resize' },
  { definition: evacuateServerRef.name, step: 'target', event: 'conductor_rebuild_server' },
  { definition: evacuateServerRef.name, step: 'guest', event: 'compute_rebuild_instance' },
  { definition: liveMigrateServerRef.name, step: 'departure', event: 'compute_check_can_live_migrate_source' },
  { definition: liveMigrateServerRef.name, step: 'target', event: 'conductor_live_migrate_instance' },
  { definition: liveMigrateServerRef.name, step: 'check', event: 'compute_check_can_live_migrate_destination' },
  { definition: liveMigrateServerRef.name, step: 'prepare', event: 'compute_pre_live_migration' },
  { definition: liveMigrateServerRef.name, step: 'migrate', event: 'compute_live_migration' },
  { definition: liveMigrateServerRef.name, step: 'switch', event: 'compute_post_live_migration_at_destination' },
  { definition: confirmResizeRef.name, step: 'forget', event: 'compute_confirm_resize' },
  { definition: revertResizeRef.name, step: 'give-up', event: 'compute_revert_resize' },
  { definition: revertResizeRef.name, step: 'on', event: 'compute_finish_revert_resize' },
  { definition: attachInterfaceRef.name, step: 'guest', event: 'compute_attach_interface' },
  { definition: detachInterfaceRef.name, step: 'guest', event: 'compute_detach_interface' },
  { definition: attachVolumeRef.name, step: 'guest', event: 'compute_attach_volume' },
  { definition: detachVolumeRef.name, step: 'guest', event: 'compute_detach_volume' },
  { definition: growVolumeRef.name, step: 'guest', event: 'compute_extend_volume' },
  { definition: changePasswordRef.name, step: 'guest', event: 'compute_set_admin_password' },
  { definition: rescueServerRef.name, step: 'guest', event: 'compute_rescue_instance' },
  { definition: softDeleteServerRef.name, step: 'guest', event: 'compute_soft_delete_instance' },
  { definition: restoreServerRef.name, step: 'guest', event: 'compute_restore_instance' },
  { definition: snapshotServerRef.name, step: 'snapshot', event: 'compute_snapshot_instance' },
  { definition: shelveServerRef.name, step: 'copy', event: 'compute_shelve_instance' },
  { definition: offloadServerRef.name, step: 'guest', event: 'compute_shelve_offload_instance' },
  { definition: unshelveServerRef.name, step: 'image', event: 'get_image_info' },
  { definition: unshelveServerRef.name, step: 'target', event: 'schedule_instances' },
  { definition: unshelveServerRef.name, step: 'guest', event: 'compute_unshelve_instance' },
];

/** Records the steps of workflows in the actions of servers. */
export const actionEvents: Chronicle = {
  begins: beginSteps(names),
  ends: END_STEP,
  // An undeclared error's message is for operators only.
  accountOf: (error) => ({
    traceback: error instanceof Error ? (error.stack ?? messageOf(error)) : messageOf(error),
    details: error instanceof NovaError ? error.message : 'An unexpected error happened.',
  }),
};
