import { Type as t } from '@sinclair/typebox';
import { field, type Resource, resource, type View } from '../../../../lib/versioning/resource.ts';
import { nullable } from '../../../../lib/versioning/schema.ts';
import type { VolumeBackup } from '../../../../objects/volume-backup.ts';
import { links, linksTo } from '../../compute/wire.ts';
import { v } from '../microversions.ts';
import { texts, timeText } from '../wire.ts';

const text = nullable(t.String());
const PROJECT = 'backup:backup_project_attribute';

const base = {
  id: field(t.String(), ({ id }: VolumeBackup) => id),
  name: field(text, ({ name }: VolumeBackup) => name),
  links: field(links, ({ id }: VolumeBackup, view: View) => linksTo(`backups/${id}`, view)),
};

export const backupSummary: Resource<VolumeBackup> = resource<VolumeBackup>()('backup', base);

export const backupView: Resource<VolumeBackup> = resource<VolumeBackup>()('backup', {
  ...base,
  description: field(text, ({ description }) => description),
  status: field(t.String(), ({ status }) => status),
  size: field(t.Integer(), ({ sizeGb }) => sizeGb),
  object_count: field(t.Integer(), ({ objectCount }) => objectCount),
  availability_zone: field(text, ({ zone }) => zone),
  container: field(text, ({ container }) => container),
  created_at: field(text, ({ createdAt }) => timeText(createdAt)),
  updated_at: field(text, ({ updatedAt }) => timeText(updatedAt)),
  fail_reason: field(text, ({ failReason }) => failReason),
  volume_id: field(t.String(), ({ volumeId }) => volumeId),
  snapshot_id: field(text, ({ snapshotId }) => snapshotId),
  is_incremental: field(t.Boolean(), ({ parentId }) => parentId !== null),
  has_dependent_backups: field(t.Boolean(), ({ hasDependents }) => hasDependents),
  data_timestamp: field(text, ({ dataTimestamp }) => timeText(dataTimestamp)),
  'os-backup-project-attr:project_id': field(t.String(), ({ projectId }) => projectId, { since: v.backupProject, policy: PROJECT }),
  metadata: field(texts, ({ metadata }) => ({ ...metadata }), { since: v.backupMetadata }),
  user_id: field(t.String(), ({ userId }) => userId, { since: v.backupUser, policy: PROJECT }),
});
