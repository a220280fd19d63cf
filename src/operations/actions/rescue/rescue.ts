/** Boots a server from another image, with its own disks beside it, so that they can be repaired. */
import { type Static, Type as t } from '@sinclair/typebox';
import { strictObject } from '../../../lib/versioning/schema.ts';
import { v } from '../../../microversions.ts';
import { rescueServerRef } from '../../workflows.ts';
import { restFace, workflowAction } from '../server-action.ts';

const body = t.Union([
  t.Null(),
  strictObject({ adminPass: t.Optional(t.String()), rescue_image_ref: t.Optional(t.String({ format: 'uuid' })) }),
]);

const face = { key: 'rescue', body, status: 200, answers: 'password' } as const;

const inputOf = (mayBeOfVolume: boolean) => (asked: Static<typeof body>) => ({
  mayBeOfVolume,
  ...(asked?.rescue_image_ref === undefined ? {} : { imageId: asked.rescue_image_ref }),
  ...(asked?.adminPass === undefined ? {} : { adminPassword: asked.adminPass }),
});

/** The action `rescue`. */
export const rescue = workflowAction('rescue', {
  summary: 'Boot the server from a rescue image, with its own disks beside it.',
  policy: 'os_compute_api:os-rescue',
  input: t.Object({
    imageId: t.Optional(t.String()),
    adminPassword: t.Optional(t.String()),
    /** Whether the caller knows that servers which boot from a volume can be rescued. */
    mayBeOfVolume: t.Optional(t.Boolean()),
  }),
  rest: [
    restFace({ ...face, until: v.rescueFromVolume, input: inputOf(false) }),
    restFace({ ...face, since: v.rescueFromVolume, input: inputOf(true) }),
  ],
  needs: 'rescue',
  workflow: rescueServerRef,
});
