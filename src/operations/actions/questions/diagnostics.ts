import { diagnostics as answer } from '../../../objects/diagnostics.ts';
import { hostQuestion } from '../server-action.ts';

/** Not an action of the API but a resource of its own: GET /servers/{id}/diagnostics. */
export const diagnostics = hostQuestion('diagnostics', {
  summary: 'Read what the hypervisor counts of the running guest.',
  policy: 'os_compute_api:os-server-diagnostics',
  rest: [],
  needs: 'diagnostics',
  ask: ({ driver, serverId }) => driver.diagnostics(serverId),
  returns: answer,
  contractSince: 3,
});
