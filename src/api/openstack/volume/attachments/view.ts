import { Type as t } from '@sinclair/typebox';
import { field, type Resource, resource } from '../../../../lib/versioning/resource.ts';
import { nullable } from '../../../../lib/versioning/schema.ts';
import type { VolumeAttachment } from '../../../../objects/volume.ts';
import { timeText } from '../wire.ts';

const text = nullable(t.String());

const base = {
  id: field(t.String(), ({ id }: VolumeAttachment) => id),
  status: field(t.String(), ({ status }: VolumeAttachment) => status),
  instance: field(text, ({ serverId }: VolumeAttachment) => serverId),
  volume_id: field(t.String(), ({ volumeId }: VolumeAttachment) => volumeId),
};

export const attachmentSummary: Resource<VolumeAttachment> = resource<VolumeAttachment>()('attachment', base);

export const attachmentView: Resource<VolumeAttachment> = resource<VolumeAttachment>()('attachment', {
  ...base,
  // An empty text where there is none, as clients expect it.
  attached_at: field(t.String(), ({ attachedAt }) => timeText(attachedAt) ?? ''),
  detached_at: field(t.String(), () => ''),
  attach_mode: field(t.String(), ({ mode }) => mode ?? 'null'),
  connection_info: field(t.Record(t.String(), t.Unknown()), ({ connectionInfo }) => ({ ...connectionInfo })),
});
