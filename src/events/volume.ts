// Events of the volume service.
import { Type as t } from '@sinclair/typebox';
import type { AttachStatus, SnapshotStatus, VolumeStatus } from '../objects/volume.ts';
import { eventType, operation, orNull, snapshot, time, word } from './event-type.ts';

const texts = t.Unsafe<Readonly<Record<string, string>>>({ type: 'object', additionalProperties: { type: 'string' } });

export const volume = snapshot(
  t.Object({
    id: t.String(),
    projectId: t.String(),
    userId: t.String(),
    name: orNull(t.String()),
    sizeGb: t.Integer(),
    status: word<VolumeStatus>(),
    typeId: orNull(t.String()),
    host: orNull(t.String()),
    snapshotId: orNull(t.String()),
    sourceVolumeId: orNull(t.String()),
    metadata: texts,
    createdAt: time(),
    updatedAt: orNull(time()),
  }),
  { subjectOf: ({ id }) => id, projectOf: ({ projectId }) => projectId },
);

export const volumeCreate = operation('volume.create', volume);
export const volumeDelete = operation('volume.delete', volume);
/** Name, description, metadata, or a flag. */
export const volumeUpdate = eventType('volume.update', volume);
export const volumeExtend = operation('volume.extend', volume);
export const volumeRetype = eventType('volume.retype', volume);
/** An administrator set its state. */
export const volumeResetStatus = eventType('volume.resetStatus', volume);
/** A server or host takes it, uses it, and gives it back. */
export const volumeReserve = eventType('volume.reserve', volume);
export const volumeAttach = eventType('volume.attach', volume);
export const volumeDetach = eventType('volume.detach', volume);
/** Its data goes into an image. */
export const volumeUpload = operation('volume.upload', volume);
/** It gets the data of a snapshot of its own, or of an image. */
export const volumeRevert = operation('volume.revert', volume);

const volumeSnapshot = snapshot(
  t.Object({
    id: t.String(),
    volumeId: t.String(),
    projectId: t.String(),
    userId: t.String(),
    name: orNull(t.String()),
    sizeGb: t.Integer(),
    status: word<SnapshotStatus>(),
    metadata: texts,
    createdAt: time(),
    updatedAt: orNull(time()),
  }),
  { subjectOf: ({ id }) => id, projectOf: ({ projectId }) => projectId },
);

export const snapshotCreate = operation('volumeSnapshot.create', volumeSnapshot);
export const snapshotDelete = operation('volumeSnapshot.delete', volumeSnapshot);
export const snapshotUpdate = eventType('volumeSnapshot.update', volumeSnapshot);
export const snapshotResetStatus = eventType('volumeSnapshot.resetStatus', volumeSnapshot);

// Without the connection, which is a secret.
const attachment = snapshot(
  t.Object({
    id: t.String(),
    volumeId: t.String(),
    projectId: t.String(),
    serverId: orNull(t.String()),
    attachedHost: orNull(t.String()),
    status: word<AttachStatus>(),
    createdAt: time(),
  }),
  { subjectOf: ({ id }) => id, projectOf: ({ projectId }) => projectId },
);

export const attachmentCreate = eventType('volumeAttachment.create', attachment);
export const attachmentUpdate = eventType('volumeAttachment.update', attachment);
export const attachmentDelete = eventType('volumeAttachment.delete', attachment);

const type = snapshot(
  t.Object({ id: t.String(), name: t.String(), description: orNull(t.String()), isPublic: t.Boolean(), extraSpecs: texts }),
  { subjectOf: ({ id }) => id, projectOf: () => null },
);

export const volumeTypeCreate = eventType('volumeType.create', type);
export const volumeTypeUpdate = eventType('volumeType.update', type);
export const volumeTypeDelete = eventType('volumeType.delete', type);

const access = snapshot(t.Object({ typeId: t.String(), projectId: t.String() }), {
  subjectOf: ({ typeId }) => typeId,
  projectOf: ({ projectId }) => projectId,
});

export const volumeTypeAccessAdd = eventType('volumeTypeAccess.add', access);
export const volumeTypeAccessRemove = eventType('volumeTypeAccess.remove', access);

const quota = snapshot(t.Object({ owner: t.String(), limits: t.Unsafe<Readonly<Record<string, number>>>({ type: 'object' }) }), {
  subjectOf: ({ owner }) => owner,
  projectOf: () => null,
});

export const volumeQuotaUpdate = eventType('volumeQuota.update', quota);
export const volumeQuotaDelete = eventType('volumeQuota.delete', quota);

const service = snapshot(t.Object({ host: t.String(), binary: t.String(), disabled: t.Boolean(), reason: orNull(t.String()) }), {
  subjectOf: ({ host }) => host,
  projectOf: () => null,
});

export const volumeServiceUpdate = eventType('volumeService.update', service);

const message = snapshot(t.Object({ id: t.String(), projectId: t.String(), resourceId: t.String(), eventId: t.String() }), {
  subjectOf: ({ id }) => id,
  projectOf: ({ projectId }) => projectId,
});

export const volumeMessageDelete = eventType('volumeMessage.delete', message);
