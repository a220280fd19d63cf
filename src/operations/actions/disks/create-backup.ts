import { type Static, Type as t } from '@sinclair/typebox';
import { strictObject } from '../../../lib/versioning/schema.ts';
import { v } from '../../../microversions.ts';
import { metadataMap } from '../../wire/guest-data.ts';
import { name } from '../../wire/words.ts';
import { snapshotServerRef } from '../../workflows.ts';
import { restFace, workflowAction } from '../server-action.ts';
import { imageIdAnswer, imageLocation } from './image-answers.ts';

const body = strictObject({
  name,
  backup_type: t.String(),
  rotation: t.Unsafe<number | string>({ type: ['integer', 'string'], pattern: '^[0-9]*$', minLength: 1, minimum: 0 }),
  metadata: t.Optional(metadataMap),
});

const inputOf = (hasMetadataQuota: boolean) => (asked: Static<typeof body>) => ({
  name: asked.name,
  type: asked.backup_type,
  keep: Number(asked.rotation),
  metadata: asked.metadata ?? {},
  hasMetadataQuota,
});

const key = 'createBackup';

export const createBackup = workflowAction('createBackup', {
  summary: "Copy the server's disk into an image, and delete the oldest of its backups of the same type.",
  policy: 'os_compute_api:os-create-backup',
  input: t.Object({
    name: t.String(),
    /** Such as daily or weekly; each type is rotated by itself. */
    type: t.String(),
    /** How many backups of the type are kept; with 0 not even the new one is. */
    keep: t.Integer(),
    metadata: t.Record(t.String(), t.String()),
    hasMetadataQuota: t.Boolean(),
  }),
  rest: [
    restFace({ key, body, until: v.noImageMetadataProxy, input: inputOf(true), answers: imageLocation }),
    restFace({ key, body, since: v.noImageMetadataProxy, until: v.imageIdAnswer, input: inputOf(false), answers: imageLocation }),
    restFace({ key, body, since: v.imageIdAnswer, input: inputOf(false), answers: imageIdAnswer }),
  ],
  workflow: snapshotServerRef,
});
