import { lockerOf } from './locker.ts';
import { recordEdit, restFace } from '../server-action.ts';

export const unlock = recordEdit('unlock', {
  summary: 'Unlock the server, so that its owner can change it again.',
  policy: 'os_compute_api:os-lock-server:unlock',
  rest: restFace({ key: 'unlock' }),
  onRecord: ({ ctx, server, check }) => {
    const { lockedBy } = server;
    // Removing another's lock requires the right to override locks.
    if (lockedBy !== null && lockedBy !== lockerOf(ctx, server)) check('os_compute_api:os-lock-server:unlock:unlock_override');
    return { lockedBy: null, lockedReason: null };
  },
});
