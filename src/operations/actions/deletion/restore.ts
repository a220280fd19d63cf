/** Takes back the delete of a server that has not been reclaimed yet. */
import { restoreServerRef } from '../../workflows.ts';
import { restFace, workflowAction } from '../server-action.ts';

/** The action `restore`. */
export const restore = workflowAction('restore', {
  summary: 'Restore a deleted server that has not been reclaimed yet.',
  policy: 'os_compute_api:os-deferred-delete:restore',
  rest: restFace({ key: 'restore' }),
  workflow: restoreServerRef,
});
