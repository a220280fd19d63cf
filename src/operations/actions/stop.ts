import { nothing } from './body.ts';
import { serverAction } from './server-action.ts';

/** Ask the guest to shut down, and cut its power when it does not in time. */
export const stop = serverAction('stop', {
  summary: 'Ask the guest to shut down, and cut its power when it does not in time.',
  policy: 'os_compute_api:servers:stop',
  rest: { key: 'os-stop', body: nothing },
  onHost: ({ driver, serverId, graceMs, signal }) => driver.powerOff(serverId, { graceMs, signal }),
});
