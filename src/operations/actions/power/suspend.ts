import { hostTask, restFace } from '../server-action.ts';

export const suspend = hostTask('suspend', {
  summary: "Save the guest's memory to disk and free it on the host.",
  policy: 'os_compute_api:os-suspend-server:suspend',
  rest: restFace({ key: 'suspend' }),
  needs: 'suspend',
  onHost: ({ driver, serverId }) => driver.suspend(serverId),
});
