import { hostTask, restFace } from '../server-action.ts';

export const suspend = hostTask('suspend', {
  summary: 'Save the memory of the guest to disk and free that of the host.',
  policy: 'os_compute_api:os-suspend-server:suspend',
  rest: restFace({ key: 'suspend' }),
  needs: 'suspend',
  onHost: ({ driver, serverId }) => driver.suspend(serverId),
});
