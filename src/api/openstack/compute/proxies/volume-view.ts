/** A volume as compute showed it, and what its routes and those of snapshots have in common. */
import { Type as t } from '@sinclair/typebox';
import { queryParams } from '../../../../lib/versioning/query-params.ts';
import { field, resource } from '../../../../lib/versioning/resource.ts';
import { anyOf, nullable } from '../../../../lib/versioning/schema.ts';
import { bodyField } from '../../../../lib/versioning/shape.ts';
import { v } from '../../../../microversions.ts';
import type { Volume } from '../../../../objects/volume.ts';
import { pageSize } from '../../../pipeline/list.ts';
import type { ComputeFaceDeps } from '../deps.ts';
import { offsetPaging } from '../paging.ts';

/** Until when compute had volumes and their snapshots. */
export const proxyWindow = { until: v.noProxies };
/** Single ones ignore whatever is in the query. */
export const noQuery = queryParams({});
/** The query of lists of volumes and snapshots. */
export const listQuery = queryParams(offsetPaging);

/** The page that a list's query asks for. */
export const pageIn = (
  { offset, limit }: { readonly offset?: number; readonly limit?: number },
  { maxLimit }: Pick<ComputeFaceDeps, 'maxLimit'>,
) => ({
  offset: offset ?? 0,
  limit: pageSize(limit, { longest: maxLimit, zero: 'longest' }),
});

/** A time as the volume service writes it. */
export const timeOf = (at: Date): string => at.toISOString().replace('Z', '000');

/** A text that may be missing. */
export const text = nullable(t.String());
/** Texts of clients. */
export const words = bodyField({ type: t.String() });

const attachment = t.Object({
  id: t.String(),
  device: t.Optional(t.String()),
  serverId: t.String(),
  volumeId: t.String(),
});

/** At most one server is shown; without any there is an empty attachment. */
function attachmentsOf({ id, attachments }: Volume) {
  const held = attachments.find(({ serverId, status }) => serverId !== null && status === 'attached');
  if (!held) return [{}];
  const device = held.mountpoint === null ? {} : { device: held.mountpoint };
  return [{ id, volumeId: id, serverId: held.serverId ?? '', ...device }];
}

/** A volume. */
export const volumeView = resource<Volume>()('volume', {
  id: field(t.String(), ({ id }) => id),
  status: field(t.String(), ({ status }) => status),
  size: field(t.Integer(), ({ sizeGb }) => sizeGb),
  availabilityZone: field(text, ({ zone }) => zone),
  createdAt: field(t.String(), ({ createdAt }) => timeOf(createdAt)),
  attachments: field(t.Array(anyOf(attachment, t.Object({}))), attachmentsOf),
  displayName: field(text, ({ name }) => name),
  displayDescription: field(text, ({ description }) => description),
  volumeType: field(text, ({ typeName }) => typeName),
  snapshotId: field(text, ({ snapshotId }) => snapshotId),
  metadata: field(t.Record(t.String(), t.String()), ({ metadata }) => ({ ...metadata })),
});
