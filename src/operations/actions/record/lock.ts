import { Type as t } from '@sinclair/typebox';
import { nullable, strictObject } from '../../../lib/versioning/schema.ts';
import { v } from '../../../microversions.ts';
import { lockerOf } from './locker.ts';
import { recordEdit, restFace } from '../server-action.ts';

/** Takes a reason since 2.73; earlier versions ignore the body. */
const withReason = nullable(strictObject({ locked_reason: t.Optional(t.String({ minLength: 1, maxLength: 255 })) }));

export const lock = recordEdit('lock', {
  summary: 'Lock the server against changes by non-administrators, with an optional reason.',
  policy: 'os_compute_api:os-lock-server:lock',
  input: t.Object({ reason: nullable(t.String()) }),
  rest: [
    restFace({ key: 'lock', until: v.lockReason, input: () => ({ reason: null }) }),
    restFace({ key: 'lock', since: v.lockReason, body: withReason, input: (body) => ({ reason: body?.locked_reason ?? null }) }),
  ],
  onRecord: ({ ctx, server, input }) => {
    const lockedBy = lockerOf(ctx, server);
    // An owner's lock does not replace an administrator's.
    return server.lockedBy !== null && lockedBy === 'owner' ? {} : { lockedBy, lockedReason: input.reason };
  },
});
