import { Type as t } from '@sinclair/typebox';
import { nullable } from '../../../../lib/versioning/schema.ts';
import { type RequestBody, requestBody } from '../../../../lib/versioning/request-body.ts';
import { bodyField, type HeadOf, upgraded } from '../../../../lib/versioning/shape.ts';
import type { NewVolume } from '../../../../volume/api/volumes.ts';
import { v } from '../microversions.ts';
import { anyObject, metadata, namingFields, namingIn, sizeGb } from '../wire.ts';

const idOrNull = nullable(t.String({ minLength: 1, maxLength: 255 }));

/** What a body asks for: truth values that may be texts, and both names of a name. */
export const createBody = requestBody(
  'volume',
  {
    size: bodyField({ type: sizeOrNull() }),
    ...namingFields,
    volume_type: bodyField({ type: idOrNull }),
    availability_zone: bodyField({ type: nullable(t.String({ maxLength: 255 })) }),
    metadata: bodyField({ type: nullable(metadata) }),
    snapshot_id: bodyField({ type: idOrNull }),
    source_volid: bodyField({ type: idOrNull }),
    imageRef: bodyField({ type: nullable(t.String({ maxLength: 1024 })) }),
    image_id: bodyField({ type: nullable(t.String({ maxLength: 1024 })) }),
    consistencygroup_id: bodyField({ type: t.Null() }),
    group_id: bodyField({ type: t.Null(), since: v.groups }),
    backup_id: bodyField({ type: idOrNull, since: v.createFromBackup }),
    // A type with the extra spec is the way to such volumes.
    multiattach: bodyField({ type: t.Unsafe<false | null>({ enum: [false, null, 'false', 'False', '0'] }) }),
  },
  {
    tolerant: { until: v.strictBodies },
    beside: { 'OS-SCH-HNT:scheduler_hints': bodyField({ type: nullable(anyObject) }) },
  },
);

type Created = typeof createBody extends RequestBody<infer B> ? B : never;

/** The volume that a body describes. */
export const newVolumeOf = (body: Created): NewVolume => ({
  sizeGb: body.size ?? undefined,
  name: null,
  description: null,
  ...namingIn(body),
  type: body.volume_type,
  zone: body.availability_zone,
  metadata: body.metadata ?? {},
  snapshotId: body.snapshot_id ?? undefined,
  sourceVolumeId: body.source_volid ?? undefined,
  backupId: body.backup_id ?? undefined,
  imageId: lastPart(body.imageRef ?? body.image_id),
});

/** An image is also named by its URL. */
const lastPart = (reference: string | null | undefined): string | undefined =>
  reference === null || reference === undefined || reference === '' ? undefined : reference.split('/').at(-1);

function sizeOrNull() {
  const given = sizeGb.schemaAt(v.initial);
  return upgraded(
    t.Unsafe<number | string | null>({ ...given, type: ['integer', 'string', 'null'] }),
    (size: HeadOf<typeof sizeGb> | string | null) => (size === null ? null : Number(size)),
  );
}
