import { hostTask, restFace } from '../server-action.ts';

export const stop = hostTask('stop', {
  summary: 'Ask the guest to shut down, and cut its power if it does not in time.',
  policy: 'os_compute_api:servers:stop',
  rest: restFace({ key: 'os-stop' }),
  onHost: ({ driver, serverId, graceMs, signal }) => driver.powerOff(serverId, { graceMs, signal }),
});
