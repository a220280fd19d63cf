/** Prepares a change of the administrator's password: whether somebody in the guest can make it. */
import { hostOf } from '../may-begin.ts';
import { checkAgent } from '../guest-agent.ts';
import type { Prepare } from './preparers.ts';

export const prepareChangePassword: Prepare<'changePassword'> = async (_ctx, _server, { password }) => ({
  details: { admin_password: password },
  check: checkAgent,
  workOf: (locked) => ({ serverId: locked.id, host: hostOf(locked) }),
});
