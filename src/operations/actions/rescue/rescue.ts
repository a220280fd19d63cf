/** Boots a server from another image, with its own disks beside it, so that they can be repaired. */
import { Type as t } from '@sinclair/typebox';
import { strictObject } from '../../../lib/versioning/schema.ts';
import { rescueServerRef } from '../../workflows.ts';
import { restFace, workflowAction } from '../server-action.ts';

const body = t.Union([
  t.Null(),
  strictObject({ adminPass: t.Optional(t.String()), rescue_image_ref: t.Optional(t.String({ format: 'uuid' })) }),
]);

/** The action `rescue`. */
export const rescue = workflowAction('rescue', {
  summary: 'Boot the server from a rescue image, with its own disks beside it.',
  policy: 'os_compute_api:os-rescue',
  input: t.Object({ imageId: t.Optional(t.String()), adminPassword: t.Optional(t.String()) }),
  rest: restFace({
    key: 'rescue',
    body,
    input: (asked) => ({
      ...(asked?.rescue_image_ref === undefined ? {} : { imageId: asked.rescue_image_ref }),
      ...(asked?.adminPass === undefined ? {} : { adminPassword: asked.adminPass }),
    }),
    status: 200,
    answers: 'password',
  }),
  needs: 'rescue',
  workflow: rescueServerRef,
});
