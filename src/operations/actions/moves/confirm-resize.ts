import { confirmResizeRef } from '../../workflows.ts';
import { restFace, workflowAction } from '../server-action.ts';

export const confirmResize = workflowAction('confirmResize', {
  summary: 'Keep the new size and host of a resized or migrated server; the old host forgets it.',
  policy: 'os_compute_api:servers:confirm_resize',
  rest: restFace({ key: 'confirmResize', status: 204 }),
  workflow: confirmResizeRef,
});
