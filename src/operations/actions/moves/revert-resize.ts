import { revertResizeRef } from '../../workflows.ts';
import { restFace, workflowAction } from '../server-action.ts';

export const revertResize = workflowAction('revertResize', {
  summary: 'Bring a resized or migrated server back to the host, size and disk that it had before.',
  policy: 'os_compute_api:servers:revert_resize',
  rest: restFace({ key: 'revertResize' }),
  workflow: revertResizeRef,
});
