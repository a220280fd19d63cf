import { Type as t } from '@sinclair/typebox';
import { strictObject, stringEnum } from '../../../lib/versioning/schema.ts';
import { hostTask, restFace } from '../server-action.ts';

/** Accepted in any letter case: SOFT, soft, Hard. */
const body = strictObject({ type: t.Unsafe<string>({ type: 'string', enum: ['SOFT', 'Soft', 'soft', 'HARD', 'Hard', 'hard'] }) });

export const reboot = hostTask('reboot', {
  summary: 'Reboot the guest: SOFT lets it shut down first, HARD cuts its power.',
  policy: 'os_compute_api:servers:reboot',
  input: t.Object({ type: stringEnum(['soft', 'hard']) }),
  rest: restFace({ key: 'reboot', body, input: ({ type }) => ({ type: type.toLowerCase() === 'hard' ? 'hard' : 'soft' }) }),
  rowFor: ({ type }) => (type === 'hard' ? 'rebootHard' : 'rebootSoft'),
  onHost: ({ driver, serverId, input, graceMs, signal }) => driver.reboot(serverId, { type: input.type, graceMs, signal }),
});
