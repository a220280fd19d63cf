import { Type as t } from '@sinclair/typebox';
import { nullable, strictObject } from '../../../../lib/versioning/schema.ts';
import { field, omit, type Resource, resource, type View, variants } from '../../../../lib/versioning/resource.ts';
import type { Volume, VolumeAttachment } from '../../../../objects/volume.ts';
import { links, linksTo } from '../../compute/wire.ts';
import { v } from '../microversions.ts';
import { texts, timeText } from '../wire.ts';

const text = nullable(t.String());
const flag = t.Boolean();
const HOST = 'volume_extension:volume_host_attribute';
const MIGRATION = 'volume_extension:volume_mig_status_attribute';

const use = strictObject({
  id: t.String(),
  attachment_id: t.String(),
  volume_id: t.String(),
  server_id: text,
  host_name: text,
  device: text,
  attached_at: text,
});

const useOf = ({ id, volumeId, serverId, attachedHost, mountpoint, attachedAt }: VolumeAttachment, view: View) => ({
  id: volumeId,
  attachment_id: id,
  volume_id: volumeId,
  server_id: serverId,
  host_name: view.may(HOST) ? attachedHost : null,
  device: mountpoint,
  attached_at: timeText(attachedAt),
});

/** Metadata as they are shown: also what the service itself notes. */
const shownMetadata = ({ metadata, isReadOnly, attachments }: Volume): Record<string, string> => {
  const attached = attachments.find(({ status }) => status === 'attached');
  return {
    ...metadata,
    ...(isReadOnly === null ? {} : { readonly: isReadOnly ? 'True' : 'False' }),
    ...(isReadOnly && attached?.mode ? { attached_mode: attached.mode } : {}),
  };
};

export const volumeSummary: Resource<Volume> = resource<Volume>()('volume', {
  id: field(t.String(), ({ id }) => id),
  name: field(text, ({ name }) => name),
  links: field(links, ({ id }, view) => linksTo(`volumes/${id}`, view)),
});

const fields = {
  id: field(t.String(), ({ id }: Volume) => id),
  status: field(t.String(), ({ status }: Volume) => status),
  size: field(t.Integer(), ({ sizeGb }: Volume) => sizeGb),
  availability_zone: field(t.String(), ({ zone }: Volume) => zone),
  created_at: field(text, ({ createdAt }: Volume) => timeText(createdAt)),
  updated_at: field(text, ({ updatedAt }: Volume) => timeText(updatedAt)),
  name: field(text, ({ name }: Volume) => name),
  description: field(text, ({ description }: Volume) => description),
  volume_type: field(text, ({ typeName }: Volume) => typeName),
  snapshot_id: field(text, ({ snapshotId }: Volume) => snapshotId),
  source_volid: field(text, ({ sourceVolumeId }: Volume) => sourceVolumeId),
  metadata: field(texts, shownMetadata),
  links: field(links, ({ id }: Volume, view: View) => linksTo(`volumes/${id}`, view)),
  user_id: field(t.String(), ({ userId }: Volume) => userId),
  bootable: field(t.String(), ({ isBootable }: Volume) => String(isBootable)),
  encrypted: field(flag, () => false),
  replication_status: field(text, () => null),
  consistencygroup_id: field(text, () => null),
  multiattach: field(flag, ({ isMultiattach }: Volume) => isMultiattach),
  attachments: field(t.Array(use), ({ attachments }: Volume, view: View) =>
    attachments.filter(({ status }) => status === 'attached').map((one) => useOf(one, view)),
  ),
  migration_status: field(text, ({ migrationStatus }: Volume) => migrationStatus, { policy: MIGRATION }),
  group_id: field(text, ({ groupId }: Volume) => groupId, { since: v.groups }),
  provider_id: field(text, () => null, { since: v.providerId, policy: HOST }),
  service_uuid: field(text, () => null, { since: v.sharedTargets }),
  shared_targets: variants(
    field(flag, () => false, { since: v.sharedTargets, until: v.unknownSharedTargets }),
    field(nullable(flag), () => false, { since: v.unknownSharedTargets }),
  ),
  cluster_name: field(text, () => null, { since: v.clusterName, policy: HOST }),
  volume_type_id: field(text, ({ typeId }: Volume) => typeId, { since: v.volumeTypeId }),
  consumes_quota: field(flag, () => true, { since: v.consumesQuota }),
};

/** A volume as its creation and changes answer it: without what extensions add. */
export const changedVolumeView: Resource<Volume> = resource<Volume>()('volume', fields);

export const volumeView: Resource<Volume> = resource<Volume>()('volume', {
  ...fields,
  volume_image_metadata: field(t.Optional(texts), ({ imageMetadata }) => (imageMetadata === null ? omit : { ...imageMetadata })),
  'os-vol-host-attr:host': field(text, ({ host }) => host, { policy: HOST }),
  'os-vol-tenant-attr:tenant_id': field(t.String(), ({ projectId }) => projectId, {
    policy: 'volume_extension:volume_tenant_attribute',
  }),
  'os-vol-mig-status-attr:migstat': field(text, ({ migrationStatus }) => migrationStatus, { policy: MIGRATION }),
  'os-vol-mig-status-attr:name_id': field(text, () => null, { policy: MIGRATION }),
});
