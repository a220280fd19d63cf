import { nothing } from './body.ts';
import { serverAction } from './server-action.ts';

/** Save the memory of the guest to disk and free that of the host. */
export const suspend = serverAction('suspend', {
  summary: 'Save the memory of the guest to disk and free that of the host.',
  policy: 'os_compute_api:os-suspend-server:suspend',
  rest: { key: 'suspend', body: nothing },
  onHost: ({ driver, serverId }) => driver.suspend(serverId),
});
