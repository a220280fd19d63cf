/** Events of images and of the projects that they are shared with. */
import { Type as t } from '@sinclair/typebox';
import { imageId } from '../objects/ids.ts';
import { eventType, operation, orNull, snapshot, time } from './event-type.ts';

const image = snapshot(
  t.Object({
    id: imageId,
    name: orNull(t.String()),
    owner: t.String(),
    visibility: t.String(),
    status: t.String(),
    isProtected: t.Boolean(),
    isHidden: t.Boolean(),
    diskFormat: orNull(t.String()),
    containerFormat: orNull(t.String()),
    minDiskGb: t.Integer(),
    minRamMb: t.Integer(),
    tags: t.Array(t.String()),
    properties: t.Record(t.String(), t.String()),
    sizeBytes: orNull(t.Integer()),
    virtualSizeBytes: orNull(t.Integer()),
    sha512: orNull(t.String()),
    createdAt: time(),
    updatedAt: time(),
  }),
  { subjectOf: ({ id }) => id, projectOf: ({ owner }) => owner },
);
export const imageCreate = eventType('image.create', image);
export const imageUpdate = eventType('image.update', image);
export const imageDelete = eventType('image.delete', image);
/** The data is withheld, and made available again. */
export const imageDeactivate = eventType('image.deactivate', image);
export const imageReactivate = eventType('image.reactivate', image);
/** Data is uploaded; at the end the image is active or, after an error, queued again. */
export const imageUpload = operation('image.upload', image);

const imageMember = snapshot(t.Object({ imageId, member: t.String(), status: t.String(), createdAt: time(), updatedAt: time() }), {
  subjectOf: (member) => member.imageId,
  projectOf: ({ member }) => member,
});
export const imageMemberCreate = eventType('imageMember.create', imageMember);
export const imageMemberUpdate = eventType('imageMember.update', imageMember);
export const imageMemberDelete = eventType('imageMember.delete', imageMember);
