// Events of volumes that are offered to other projects.
import { Type as t } from '@sinclair/typebox';
import { eventType, orNull, snapshot, time } from './event-type.ts';

// Without the key, which is a secret.
const transfer = snapshot(
  t.Object({
    id: t.String(),
    volumeId: t.String(),
    projectId: t.String(),
    destinationProjectId: orNull(t.String()),
    name: orNull(t.String()),
    noSnapshots: t.Boolean(),
    createdAt: time(),
  }),
  { subjectOf: ({ id }) => id, projectOf: ({ projectId }) => projectId },
);

export const transferCreate = eventType('volumeTransfer.create', transfer);
export const transferAccept = eventType('volumeTransfer.accept', transfer);
export const transferDelete = eventType('volumeTransfer.delete', transfer);
