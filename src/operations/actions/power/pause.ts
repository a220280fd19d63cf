import { hostTask, restFace } from '../server-action.ts';

export const pause = hostTask('pause', {
  summary: 'Freeze the guest in place; its memory stays on the host.',
  policy: 'os_compute_api:os-pause-server:pause',
  rest: restFace({ key: 'pause' }),
  needs: 'pause',
  onHost: ({ driver, serverId }) => driver.pause(serverId),
});
