import { hostTask, restFace } from '../server-action.ts';

export const resume = hostTask('resume', {
  summary: 'Bring a suspended guest back to where it was.',
  policy: 'os_compute_api:os-suspend-server:resume',
  rest: restFace({ key: 'resume' }),
  needs: 'suspend',
  onHost: ({ driver, serverId }) => driver.resume(serverId),
});
