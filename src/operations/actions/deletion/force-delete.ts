/** Deletes a server at once, also where deleted servers are otherwise kept for a while. */
import { deleteServerRef } from '../../workflows.ts';
import { restFace, workflowAction } from '../server-action.ts';

/** The action `forceDelete`; it is the same operation as a delete, and has its name in events and instance actions. */
export const forceDelete = workflowAction('delete', {
  summary: 'Delete the server at once, also one that could still be restored.',
  policy: 'os_compute_api:os-deferred-delete:force',
  rest: restFace({ key: 'forceDelete' }),
  workflow: deleteServerRef,
});
