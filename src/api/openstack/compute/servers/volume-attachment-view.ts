/** The volumes of a server in answers. */
import { Type as t } from '@sinclair/typebox';
import type { ShownVolume } from '../../../../compute/servers/volume-attachment-api.ts';
import { field, resource } from '../../../../lib/versioning/resource.ts';
import { nullable } from '../../../../lib/versioning/schema.ts';
import { v } from '../../../../microversions.ts';

const uuid = t.String({ format: 'uuid' });

/** What answers of every version tell of an attached volume. */
const common = {
  serverId: field(uuid, (volume: ShownVolume) => volume.serverId),
  volumeId: field(uuid, (volume: ShownVolume) => volume.volumeId),
  device: field(nullable(t.String()), (volume: ShownVolume) => volume.device),
  tag: field(nullable(t.String()), (volume: ShownVolume) => volume.tag, { since: v.attachmentTags }),
  delete_on_termination: field(t.Boolean(), (volume: ShownVolume) => volume.isDeletedWithServer, { since: v.attachmentDeletes }),
};

/** A volume of a server. */
export const attachmentView = resource<ShownVolume>()('volumeAttachment', {
  ...common,
  id: field(uuid, (volume) => volume.volumeId, { until: v.attachmentIds }),
  attachment_id: field(uuid, (volume) => volume.attachmentId, { since: v.attachmentIds }),
  bdm_uuid: field(uuid, (volume) => volume.id, { since: v.attachmentIds }),
});

/** A volume that a server has just got, which keeps the fields of old. */
export const newAttachmentView = resource<ShownVolume>()('newVolumeAttachment', {
  ...common,
  id: field(uuid, (volume) => volume.volumeId),
});
