import { recordEdit, restFace } from '../server-action.ts';

export const injectNetworkInfo = recordEdit('injectNetworkInfo', {
  summary: 'Tell the guest its addresses anew; guests learn them from DHCP and the metadata service, so nothing happens.',
  policy: 'os_compute_api:os-admin-actions:inject_network_info',
  rest: restFace({ key: 'injectNetworkInfo' }),
  onRecord: () => ({}),
});
