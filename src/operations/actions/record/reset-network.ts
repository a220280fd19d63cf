import { recordEdit, restFace } from '../server-action.ts';

export const resetNetwork = recordEdit('resetNetwork', {
  summary: 'Accepted as a no-op, for old clients: it asked an agent of XenServer to configure the network of its guest anew.',
  policy: 'os_compute_api:os-admin-actions:reset_network',
  rest: restFace({ key: 'resetNetwork' }),
  onRecord: () => ({}),
});
