import { Type as t } from '@sinclair/typebox';
import { field, type Resource, resource } from '../../../../lib/versioning/resource.ts';
import { nullable } from '../../../../lib/versioning/schema.ts';
import { type VolumeSnapshot } from '../../../../objects/volume.ts';
import { v } from '../microversions.ts';
import { texts, timeText } from '../wire.ts';

const text = nullable(t.String());

const base = {
  id: field(t.String(), ({ id }: VolumeSnapshot) => id),
  name: field(text, ({ name }: VolumeSnapshot) => name),
  description: field(text, ({ description }: VolumeSnapshot) => description),
  volume_id: field(t.String(), ({ volumeId }: VolumeSnapshot) => volumeId),
  status: field(t.String(), ({ status }: VolumeSnapshot) => status),
  size: field(t.Integer(), ({ sizeGb }: VolumeSnapshot) => sizeGb),
  created_at: field(text, ({ createdAt }: VolumeSnapshot) => timeText(createdAt)),
  updated_at: field(text, ({ updatedAt }: VolumeSnapshot) => timeText(updatedAt)),
  metadata: field(texts, ({ metadata: map }: VolumeSnapshot) => ({ ...map })),
};

const later = {
  group_snapshot_id: field(text, ({ groupSnapshotId }: VolumeSnapshot) => groupSnapshotId, { since: v.groupSnapshots }),
  user_id: field(t.String(), ({ userId }: VolumeSnapshot) => userId, { since: v.snapshotUser }),
  consumes_quota: field(t.Boolean(), () => true, { since: v.consumesQuota }),
};

const extended = { policy: 'volume_extension:extended_snapshot_attributes' };

export const snapshotSummary: Resource<VolumeSnapshot> = resource<VolumeSnapshot>()('snapshot', { ...base, ...later });

export const snapshotView: Resource<VolumeSnapshot> = resource<VolumeSnapshot>()('snapshot', {
  ...base,
  ...later,
  'os-extended-snapshot-attributes:project_id': field(t.String(), ({ projectId }) => projectId, extended),
  'os-extended-snapshot-attributes:progress': field(t.String(), ({ progress }) => progress, extended),
});
