import { hostTask, restFace } from '../server-action.ts';

export const unpause = hostTask('unpause', {
  summary: 'Unfreeze a paused guest.',
  policy: 'os_compute_api:os-pause-server:unpause',
  rest: restFace({ key: 'unpause' }),
  needs: 'pause',
  onHost: ({ driver, serverId }) => driver.unpause(serverId),
});
