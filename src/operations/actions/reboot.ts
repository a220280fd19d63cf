import { Type as t } from '@sinclair/typebox';
import { serverAction } from './server-action.ts';

/** Words as clients send them, in any case: SOFT, soft, Hard. */
const body = t.Object(
  { type: t.Unsafe<string>({ type: 'string', enum: ['SOFT', 'Soft', 'soft', 'HARD', 'Hard', 'hard'] }) },
  { additionalProperties: false },
);

const typeOf = (asked: { type: string }): 'soft' | 'hard' => (asked.type.toLowerCase() === 'hard' ? 'hard' : 'soft');

/** Start the guest anew: SOFT lets it shut itself down first, HARD cuts its power, from nearly any state. */
export const reboot = serverAction('reboot', {
  summary: 'Start the guest anew: SOFT lets it shut itself down first, HARD cuts its power.',
  policy: 'os_compute_api:servers:reboot',
  rest: { key: 'reboot', body },
  transitionFor: (asked) => (typeOf(asked) === 'hard' ? 'rebootHard' : 'rebootSoft'),
  onHost: ({ driver, serverId, body: asked, graceMs, signal }) => driver.reboot(serverId, { type: typeOf(asked), graceMs, signal }),
});
