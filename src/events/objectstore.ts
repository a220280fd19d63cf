/** Events of buckets and of the objects in them. */
import { Type as t } from '@sinclair/typebox';
import { eventType, snapshot, time } from './event-type.ts';

const bucket = snapshot(t.Object({ name: t.String(), projectId: t.String(), region: t.String(), createdAt: time() }), {
  subjectOf: ({ name }) => name,
  projectOf: ({ projectId }) => projectId,
});
export const bucketCreate = eventType('bucket.create', bucket);
export const bucketDelete = eventType('bucket.delete', bucket);

const object = snapshot(
  t.Object({
    bucket: t.String(),
    key: t.String(),
    projectId: t.String(),
    version: t.String(),
    sizeBytes: t.Integer(),
    etag: t.String(),
    modifiedAt: time(),
  }),
  { subjectOf: ({ bucket: name, key }) => `${name}/${key}`, projectOf: ({ projectId }) => projectId },
);
/** An object was written, whether it is new or replaces another. */
export const objectWrite = eventType('object.write', object);
export const objectDelete = eventType('object.delete', object);
