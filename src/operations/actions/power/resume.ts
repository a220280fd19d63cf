import { hostTask, restFace } from '../server-action.ts';

export const resume = hostTask('resume', {
  summary: 'Resume a suspended guest from its saved memory.',
  policy: 'os_compute_api:os-suspend-server:resume',
  rest: restFace({ key: 'resume' }),
  needs: 'suspend',
  onHost: ({ driver, serverId }) => driver.resume(serverId),
});
