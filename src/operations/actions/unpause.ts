import { nothing } from './body.ts';
import { serverAction } from './server-action.ts';

/** Let a paused guest run on. */
export const unpause = serverAction('unpause', {
  summary: 'Let a paused guest run on.',
  policy: 'os_compute_api:os-pause-server:unpause',
  rest: { key: 'unpause', body: nothing },
  onHost: ({ driver, serverId }) => driver.unpause(serverId),
});
