/** Volumes and snapshots of every kind that views may have to show. */
import * as fc from 'fast-check';
import {
  attachStatuses,
  snapshotStatuses,
  type Volume,
  type VolumeAttachment,
  type VolumeSnapshot,
  volumeStatuses,
} from '../../src/objects/volume.ts';

const text = fc.option(fc.string());
const time = fc.date({ noInvalidDate: true, min: new Date('2020-01-01'), max: new Date('2040-01-01') });
const texts = fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { maxKeys: 2 });

const someAttachment: fc.Arbitrary<VolumeAttachment> = fc.record({
  id: fc.uuid(),
  volumeId: fc.uuid(),
  projectId: fc.uuid(),
  serverId: fc.option(fc.uuid()),
  attachedHost: text,
  mountpoint: text,
  status: fc.constantFrom(...attachStatuses),
  mode: fc.constantFrom('rw', 'ro', null),
  connector: fc.constant(null),
  connectionInfo: fc.constant(null),
  heldBy: fc.constantFrom('compute', null),
  attachedAt: fc.option(time),
  createdAt: time,
});

export const someVolumeInService: fc.Arbitrary<Volume> = fc.record({
  id: fc.uuid(),
  projectId: fc.uuid(),
  userId: fc.uuid(),
  name: text,
  description: text,
  sizeGb: fc.integer({ min: 1, max: 1_000 }),
  status: fc.constantFrom(...volumeStatuses),
  previousStatus: fc.constant(null),
  migrationStatus: fc.constant(null),
  typeId: fc.option(fc.uuid()),
  typeName: text,
  zone: fc.string(),
  host: text,
  snapshotId: fc.option(fc.uuid()),
  sourceVolumeId: fc.option(fc.uuid()),
  groupId: fc.constant(null),
  isBootable: fc.boolean(),
  isMultiattach: fc.boolean(),
  isReadOnly: fc.option(fc.boolean()),
  metadata: texts,
  imageMetadata: fc.option(texts),
  attachments: fc.array(someAttachment, { maxLength: 2 }),
  workflowId: fc.constant(null),
  createdAt: time,
  updatedAt: fc.option(time),
});

export const someVolumeSnapshot: fc.Arbitrary<VolumeSnapshot> = fc.record({
  id: fc.uuid(),
  volumeId: fc.uuid(),
  projectId: fc.uuid(),
  userId: fc.uuid(),
  name: text,
  description: text,
  sizeGb: fc.integer({ min: 1, max: 1_000 }),
  status: fc.constantFrom(...snapshotStatuses),
  progress: fc.constant('100%'),
  metadata: texts,
  groupSnapshotId: fc.constant(null),
  workflowId: fc.constant(null),
  createdAt: time,
  updatedAt: fc.option(time),
});
