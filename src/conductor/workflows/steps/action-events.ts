import { beginSteps, END_STEP } from '../../../db/stores/servers/action-events.ts';
import { messageOf, NovaError } from '../../../lib/errors/error-type.ts';
import type { Chronicle } from '../../../lib/workflow/chronicle.ts';
import { bootServerRef, deleteServerRef, performActionRef, rebuildServerRef } from '../../../operations/workflows.ts';

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
