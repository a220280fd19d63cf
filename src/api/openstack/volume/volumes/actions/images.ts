import { Type as t } from '@sinclair/typebox';
import { nullable, stringEnum } from '../../../../../lib/versioning/schema.ts';
import { bodyField } from '../../../../../lib/versioning/shape.ts';
import { bodyObject } from '../../../../../lib/versioning/body-object.ts';
import { exactly } from '../../../../pipeline/answer.ts';
import { actionRoute, ok } from '../../../../pipeline/route.ts';
import type { VolumeFaceDeps } from '../../deps.ts';
import { v } from '../../microversions.ts';
import { metadata, texts, timeText, truth } from '../../wire.ts';
import { action, nothing } from './action.ts';

const uploaded = exactly(
  t.Object({
    'os-volume_upload_image': t.Object({
      id: t.String(),
      image_id: t.String(),
      image_name: t.String(),
      size: t.Integer(),
      status: t.String(),
      display_description: nullable(t.String()),
      disk_format: t.String(),
      container_format: t.String(),
      updated_at: nullable(t.String()),
      volume_type: t.Unknown(),
      visibility: t.Optional(t.String()),
      protected: t.Optional(t.Boolean()),
    }),
  }),
);

const upload = actionRoute({
  key: 'os-volume_upload_image',
  path: '/volumes/{id}/action',
  summary: 'Copy a volume into a new image.',
  body: bodyObject({
    image_name: bodyField({ type: t.String({ minLength: 1, maxLength: 255 }), required: true }),
    force: bodyField({ type: truth }),
    disk_format: bodyField({ type: nullable(stringEnum(['raw', 'qcow2'])) }),
    container_format: bodyField({ type: nullable(stringEnum(['bare'])) }),
    visibility: bodyField({ type: nullable(stringEnum(['private', 'shared', 'public'])), since: v.uploadVisibility }),
    protected: bodyField({ type: truth, since: v.uploadVisibility }),
  }),
  status: 202,
  answers: uploaded,
  handle: async ({ ctx, params, body, at }, { volumes }: VolumeFaceDeps) => {
    const diskFormat = body.disk_format ?? 'raw';
    const visibility = body.visibility ?? 'private';
    const asked = { name: body.image_name, diskFormat, force: body.force ?? false, visibility };
    const { imageId, volume } = await volumes.actions.upload(ctx, params.id, asked);
    return ok({
      'os-volume_upload_image': {
        id: volume.id,
        image_id: imageId,
        image_name: body.image_name,
        size: volume.sizeGb,
        status: 'uploading',
        display_description: volume.description,
        disk_format: diskFormat,
        container_format: 'bare',
        updated_at: timeText(volume.updatedAt),
        volume_type: volume.typeName === null ? null : { id: volume.typeId, name: volume.typeName },
        ...(at(v.uploadVisibility) ? { visibility, protected: false } : {}),
      },
    });
  },
});

const shownMetadata = exactly(t.Object({ metadata: texts }));

/** Actions about images of volumes. */
export const imageActions = [
  upload,
  actionRoute({
    key: 'os-set_image_metadata',
    path: '/volumes/{id}/action',
    summary: 'Add to what a volume keeps of its image.',
    body: bodyObject({ metadata: bodyField({ type: metadata, required: true }) }),
    status: 200,
    answers: shownMetadata,
    handle: async ({ ctx, params, body }, { volumes }: VolumeFaceDeps) =>
      ok({ metadata: { ...(await volumes.edits.setImageMetadata(ctx, params.id, body.metadata)) } }),
  }),
  action({
    key: 'os-unset_image_metadata',
    summary: 'Remove from what a volume keeps of its image.',
    body: bodyObject({ key: bodyField({ type: t.String({ minLength: 1, maxLength: 255 }), required: true }) }),
    status: 200,
    run: (volumes, { ctx, body }, id) => volumes.edits.unsetImageMetadata(ctx, id, body.key),
  }),
  actionRoute({
    key: 'os-show_image_metadata',
    path: '/volumes/{id}/action',
    summary: 'Show what a volume keeps of its image.',
    body: nothing,
    status: 200,
    answers: shownMetadata,
    handle: async ({ ctx, params }, { volumes }: VolumeFaceDeps) =>
      ok({ metadata: { ...(await volumes.edits.imageMetadata(ctx, params.id)) } }),
  }),
];
