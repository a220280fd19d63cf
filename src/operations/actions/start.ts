import { nothing } from './body.ts';
import { serverAction } from './server-action.ts';

/** Switch a stopped server on. */
export const start = serverAction('start', {
  summary: 'Switch a stopped server on.',
  policy: 'os_compute_api:servers:start',
  rest: { key: 'os-start', body: nothing },
  onHost: ({ driver, serverId }) => driver.powerOn(serverId),
});
