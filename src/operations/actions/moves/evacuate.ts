import { Type as t } from '@sinclair/typebox';
import { bodyObject } from '../../../lib/versioning/body-object.ts';
import { nullable } from '../../../lib/versioning/schema.ts';
import { bodyField, type HeadOf } from '../../../lib/versioning/shape.ts';
import { v } from '../../../microversions.ts';
import { boolish, isYes } from '../../wire/words.ts';
import { evacuateServerRef } from '../../workflows.ts';
import { restFace, workflowAction } from '../server-action.ts';

const body = bodyObject({
  host: bodyField({ type: t.String({ minLength: 1, maxLength: 255 }) }),
  onSharedStorage: bodyField({ type: boolish, required: true, until: v.evacuateDetectsStorage }),
  adminPass: bodyField({ type: t.String() }),
  force: bodyField({ type: boolish, since: v.evacuateForce, until: v.noForce }),
});

const inputOf =
  ({ staysStopped }: { staysStopped: boolean }) =>
  (asked: HeadOf<typeof body>) => ({
    host: asked.host ?? null,
    isForced: isYes(asked.force),
    onSharedStorage: isYes(asked.onSharedStorage),
    ...(asked.adminPass === undefined ? {} : { adminPassword: asked.adminPass }),
    staysStopped,
  });

const key = 'evacuate';
const starts = inputOf({ staysStopped: false });

export const evacuate = workflowAction('evacuate', {
  summary: 'Make the server anew on another host from its image, after its own host died.',
  policy: 'os_compute_api:os-evacuate',
  input: t.Object({
    host: nullable(t.String()),
    isForced: t.Boolean(),
    onSharedStorage: t.Boolean(),
    adminPassword: t.Optional(t.String()),
    /** Whether the guest is off afterwards, for its owner to start. */
    staysStopped: t.Boolean(),
  }),
  rest: [
    restFace({ key, body, status: 200, until: v.evacuateDetectsStorage, input: starts, answers: 'password' }),
    restFace({ key, body, status: 200, since: v.evacuateDetectsStorage, until: v.evacuateStopped, input: starts }),
    restFace({ key, body, status: 200, since: v.evacuateStopped, input: inputOf({ staysStopped: true }) }),
  ],
  workflow: evacuateServerRef,
});
