import { offloadServerRef } from '../../workflows.ts';
import { restFace, workflowAction } from '../server-action.ts';

export const shelveOffload = workflowAction('shelveOffload', {
  summary: 'Free the host of a shelved server now.',
  policy: 'os_compute_api:os-shelve:shelve_offload',
  rest: restFace({ key: 'shelveOffload' }),
  workflow: offloadServerRef,
});
