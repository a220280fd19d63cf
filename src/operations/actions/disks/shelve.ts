import { shelveServerRef } from '../../workflows.ts';
import { restFace, workflowAction } from '../server-action.ts';

export const shelve = workflowAction('shelve', {
  summary: 'Stop the server and put it aside: its disk becomes an image, and its host is freed.',
  policy: 'os_compute_api:os-shelve:shelve',
  rest: restFace({ key: 'shelve' }),
  workflow: shelveServerRef,
});
