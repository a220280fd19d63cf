import { Type as t } from '@sinclair/typebox';
import { nullable, stringEnum } from '../../../../../lib/versioning/schema.ts';
import { bodyField } from '../../../../../lib/versioning/shape.ts';
import { bodyObject } from '../../../../../lib/versioning/body-object.ts';
import { volumeStatuses } from '../../../../../objects/volume.ts';
import { v } from '../../microversions.ts';
import { anyObject, sizeGb, truth } from '../../wire.ts';
import { action, nothing } from './action.ts';

const maybeText = nullable(t.String({ maxLength: 255 }));
const noAttachment = bodyObject({ attachment_id: bodyField({ type: maybeText }), connector: bodyField({ type: nullable(anyObject) }) });

/** Actions that change a volume itself. */
export const stateActions = [
  action({
    key: 'os-extend',
    summary: 'Make a volume larger.',
    body: bodyObject({ new_size: bodyField({ type: sizeGb, required: true }) }),
    run: (volumes, { ctx, body, at }, id) => volumes.actions.extend(ctx, id, body.new_size, { whileAttached: at(v.extendAttached) }),
  }),
  action({
    key: 'os-reset_status',
    summary: 'Set the states of a volume.',
    body: bodyObject(
      {
        status: bodyField({ type: nullable(stringEnum(volumeStatuses)) }),
        attach_status: bodyField({ type: nullable(stringEnum(['attached', 'detached'])) }),
        migration_status: bodyField({ type: maybeText }),
      },
      { keywords: { minProperties: 1 } },
    ),
    run: (volumes, { ctx, body }, id) =>
      volumes.edits.resetStatus(ctx, id, {
        ...(body.status ? { status: body.status } : {}),
        ...(body.attach_status ? { attachStatus: body.attach_status } : {}),
        ...(body.migration_status === undefined
          ? {}
          : { migrationStatus: body.migration_status === 'none' ? null : body.migration_status }),
      }),
  }),
  action({
    key: 'os-force_delete',
    summary: 'Delete a volume in whatever state it is.',
    body: nothing,
    run: (volumes, { ctx }, id) => volumes.volumes.delete(ctx, id, { force: true }),
  }),
  action({
    key: 'os-force_detach',
    summary: 'End an attachment of a volume.',
    body: noAttachment,
    run: (volumes, { ctx, body }, id) => volumes.oldAttaching.detach(ctx, id, body.attachment_id ?? undefined, { force: true }),
  }),
  action({
    key: 'os-retype',
    summary: 'Give a volume another type.',
    body: bodyObject({
      new_type: bodyField({ type: t.String({ minLength: 1, maxLength: 255 }), required: true }),
      migration_policy: bodyField({ type: nullable(stringEnum(['on-demand', 'never'])) }),
    }),
    run: (volumes, { ctx, body }, id) => volumes.edits.retype(ctx, id, body.new_type),
  }),
  action({
    key: 'os-set_bootable',
    summary: 'Say whether servers can boot from a volume.',
    body: bodyObject({ bootable: bodyField({ type: truth, required: true }) }),
    status: 200,
    run: (volumes, { ctx, body }, id) => volumes.edits.setBootable(ctx, id, body.bootable),
  }),
  action({
    key: 'os-update_readonly_flag',
    summary: 'Say whether a volume is read-only.',
    body: bodyObject({ readonly: bodyField({ type: truth, required: true }) }),
    run: (volumes, { ctx, body }, id) => volumes.edits.setReadOnly(ctx, id, body.readonly),
  }),
  action({
    key: 'revert',
    summary: 'Give a volume the data of its latest snapshot.',
    since: v.revert,
    body: bodyObject({ snapshot_id: bodyField({ type: t.String({ minLength: 1, maxLength: 255 }), required: true }) }),
    run: (volumes, { ctx, body }, id) => volumes.actions.revert(ctx, id, body.snapshot_id),
  }),
  action({
    key: 'os-reimage',
    summary: 'Write an image over a volume.',
    since: v.reimage,
    body: bodyObject({
      image_id: bodyField({ type: t.String({ minLength: 1, maxLength: 255 }), required: true }),
      reimage_reserved: bodyField({ type: truth }),
    }),
    run: (volumes, { ctx, body }, id) => volumes.actions.reimage(ctx, id, body.image_id, { reserved: body.reimage_reserved ?? false }),
  }),
];
