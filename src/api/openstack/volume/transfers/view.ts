import { Type as t } from '@sinclair/typebox';
import { field, type Resource, resource, type View } from '../../../../lib/versioning/resource.ts';
import { nullable } from '../../../../lib/versioning/schema.ts';
import type { VolumeTransfer } from '../../../../objects/volume-transfer.ts';
import { links, linksTo } from '../../compute/wire.ts';
import { v } from '../microversions.ts';
import { timeText } from '../wire.ts';

const text = nullable(t.String());

/** A transfer with its key, which only its creation tells. */
export type KeyedTransfer = VolumeTransfer & { readonly key: string };

const base = {
  id: field(t.String(), ({ id }: VolumeTransfer) => id),
  name: field(text, ({ name }: VolumeTransfer) => name),
  volume_id: field(t.String(), ({ volumeId }: VolumeTransfer) => volumeId),
  links: field(links, ({ id }: VolumeTransfer, view: View) => linksTo(`os-volume-transfer/${id}`, view)),
};

const details = {
  created_at: field(text, ({ createdAt }: VolumeTransfer) => timeText(createdAt)),
  no_snapshots: field(t.Boolean(), ({ noSnapshots }: VolumeTransfer) => noSnapshots, { since: v.transferSnapshots }),
  source_project_id: field(t.String(), ({ projectId }: VolumeTransfer) => projectId, { since: v.transferProjects }),
  destination_project_id: field(text, ({ destinationProjectId }: VolumeTransfer) => destinationProjectId, { since: v.transferProjects }),
  accepted: field(t.Boolean(), ({ destinationProjectId }: VolumeTransfer) => destinationProjectId !== null, {
    since: v.transferProjects,
  }),
};

export const transferSummary: Resource<VolumeTransfer> = resource<VolumeTransfer>()('transfer', base);

export const transferView: Resource<VolumeTransfer> = resource<VolumeTransfer>()('transfer', { ...base, ...details });

/** A transfer as its creation answers it. */
export const createdTransferView: Resource<KeyedTransfer> = resource<KeyedTransfer>()('transfer', {
  ...base,
  ...details,
  auth_key: field(t.String(), ({ key }) => key),
});
