import { nothing } from './body.ts';
import { serverAction } from './server-action.ts';

/** Bring a suspended guest back to where it was. */
export const resume = serverAction('resume', {
  summary: 'Bring a suspended guest back to where it was.',
  policy: 'os_compute_api:os-suspend-server:resume',
  rest: { key: 'resume', body: nothing },
  onHost: ({ driver, serverId }) => driver.resume(serverId),
});
