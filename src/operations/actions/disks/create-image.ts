import { type Static, Type as t } from '@sinclair/typebox';
import { strictObject } from '../../../lib/versioning/schema.ts';
import { v } from '../../../microversions.ts';
import { metadataMap } from '../../wire/guest-data.ts';
import { name } from '../../wire/words.ts';
import { snapshotServerRef } from '../../workflows.ts';
import { restFace, workflowAction } from '../server-action.ts';
import { imageIdAnswer, imageLocation } from './image-answers.ts';

const body = strictObject({ name, metadata: t.Optional(metadataMap) });

const inputOf = (hasMetadataQuota: boolean) => (asked: Static<typeof body>) => ({
  name: asked.name,
  metadata: asked.metadata ?? {},
  hasMetadataQuota,
});

const key = 'createImage';

export const createImage = workflowAction('createImage', {
  summary: "Copy the server's disk into an image; a running guest runs on.",
  policy: 'os_compute_api:servers:create_image',
  input: t.Object({
    name: t.String(),
    /** Further properties of the image. */
    metadata: t.Record(t.String(), t.String()),
    /** Whether the quota of metadata items limits them. */
    hasMetadataQuota: t.Boolean(),
  }),
  rest: [
    restFace({ key, body, until: v.noImageMetadataProxy, input: inputOf(true), answers: imageLocation }),
    restFace({ key, body, since: v.noImageMetadataProxy, until: v.imageIdAnswer, input: inputOf(false), answers: imageLocation }),
    restFace({ key, body, since: v.imageIdAnswer, input: inputOf(false), answers: imageIdAnswer }),
  ],
  workflow: snapshotServerRef,
});
