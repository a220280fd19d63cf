import { v } from '../../../microversions.ts';
import { hostTask, restFace } from '../server-action.ts';

export const crashDump = hostTask('trigger_crash_dump', {
  summary: 'Inject an interrupt that makes the kernel of the guest dump its memory, where the guest is set up to do so.',
  policy: 'os_compute_api:servers:trigger_crash_dump',
  rest: restFace({ key: 'trigger_crash_dump', since: v.crashDump }),
  rowFor: () => 'crashDump',
  needs: 'crashDump',
  onHost: ({ driver, serverId }) => driver.triggerCrashDump(serverId),
});
