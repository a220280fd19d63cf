import { Type as t } from '@sinclair/typebox';
import { v } from '../../../microversions.ts';
import { hostTask, restFace } from '../server-action.ts';

export const crashDump = hostTask('trigger_crash_dump', {
  summary: 'Inject an NMI that makes the guest kernel dump its memory, if the guest is configured for it.',
  policy: 'os_compute_api:servers:trigger_crash_dump',
  rest: restFace({ key: 'trigger_crash_dump', body: t.Null(), input: () => null, since: v.crashDump }),
  rowFor: () => 'crashDump',
  needs: 'crashDump',
  onHost: ({ driver, serverId }) => driver.triggerCrashDump(serverId),
});
