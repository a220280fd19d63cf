import { hostTask, restFace } from '../server-action.ts';

export const start = hostTask('start', {
  summary: 'Power on a stopped server.',
  policy: 'os_compute_api:servers:start',
  rest: restFace({ key: 'os-start' }),
  onHost: ({ driver, serverId }) => driver.powerOn(serverId),
});
