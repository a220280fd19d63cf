import { nothing } from './body.ts';
import { serverAction } from './server-action.ts';

/** Freeze the guest in place; its memory stays on the host. */
export const pause = serverAction('pause', {
  summary: 'Freeze the guest in place; its memory stays on the host.',
  policy: 'os_compute_api:os-pause-server:pause',
  rest: { key: 'pause', body: nothing },
  onHost: ({ driver, serverId }) => driver.pause(serverId),
});
