import { recordEdit, restFace } from '../server-action.ts';

export const injectNetworkInfo = recordEdit('injectNetworkInfo', {
  summary: 'Accepted as a no-op: guests learn their addresses from DHCP and the metadata service.',
  policy: 'os_compute_api:os-admin-actions:inject_network_info',
  rest: restFace({ key: 'injectNetworkInfo' }),
  onRecord: () => ({}),
});
