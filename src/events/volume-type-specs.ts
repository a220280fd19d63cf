// Events of what operators say about types of volumes.
import { Type as t } from '@sinclair/typebox';
import type { ControlLocation, QosConsumer } from '../objects/volume-type-specs.ts';
import { eventType, orNull, snapshot, word } from './event-type.ts';

const qosSpecs = snapshot(
  t.Object({
    id: t.String(),
    name: t.String(),
    consumer: word<QosConsumer>(),
    specs: t.Unsafe<Readonly<Record<string, string>>>({ type: 'object', additionalProperties: { type: 'string' } }),
  }),
  { subjectOf: ({ id }) => id, projectOf: () => null },
);

export const qosSpecsCreate = eventType('volumeQosSpecs.create', qosSpecs);
/** Their specs, or the types that have them. */
export const qosSpecsUpdate = eventType('volumeQosSpecs.update', qosSpecs);
export const qosSpecsDelete = eventType('volumeQosSpecs.delete', qosSpecs);

const encryption = snapshot(
  t.Object({
    id: t.String(),
    typeId: t.String(),
    provider: t.String(),
    controlLocation: word<ControlLocation>(),
    cipher: orNull(t.String()),
    keySize: orNull(t.Integer()),
  }),
  { subjectOf: ({ typeId }) => typeId, projectOf: () => null },
);

export const typeEncryptionCreate = eventType('volumeTypeEncryption.create', encryption);
export const typeEncryptionUpdate = eventType('volumeTypeEncryption.update', encryption);
export const typeEncryptionDelete = eventType('volumeTypeEncryption.delete', encryption);

const defaultType = snapshot(t.Object({ projectId: t.String(), typeId: t.String() }), {
  subjectOf: ({ typeId }) => typeId,
  projectOf: ({ projectId }) => projectId,
});

export const defaultTypeUpdate = eventType('volumeDefaultType.update', defaultType);
export const defaultTypeDelete = eventType('volumeDefaultType.delete', defaultType);
