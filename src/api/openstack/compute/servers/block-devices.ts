// Block devices in create requests, in both syntaxes and at every version, and their API-neutral form.
import { Type as t } from '@sinclair/typebox';
import type { BlockDevice } from '../../../../compute/servers/block-devices.ts';
import { bodyObject } from '../../../../lib/versioning/body-object.ts';
import { anyOf, nullable, stringEnum } from '../../../../lib/versioning/schema.ts';
import { bodyField, bodyVariants, type HeadOf, listOf } from '../../../../lib/versioning/shape.ts';
import { InvalidInput } from '../../../../lib/versioning/validation.ts';
import { v } from '../../../../microversions.ts';
import { boolish, isYes } from '../../../../operations/wire/words.ts';
import { tag } from './tags.ts';

const uuid = t.String({ format: 'uuid' });
const MAX_SIZE_GB = 2_147_483_647;
const digits = t.String({ pattern: '^[0-9]+$', minLength: 1 });

const common = {
  virtual_name: bodyField({ type: t.String({ maxLength: 255 }) }),
  volume_id: bodyField({ type: uuid }),
  snapshot_id: bodyField({ type: uuid }),
  volume_size: bodyField({ type: anyOf(t.Integer({ minimum: 1, maximum: MAX_SIZE_GB }), digits) }),
  device_name: bodyField({ type: t.String({ minLength: 1, maxLength: 255, pattern: '^[a-zA-Z0-9._-r/]*$' }) }),
  delete_on_termination: bodyField({ type: boolish }),
  no_device: bodyField({ type: t.Unknown() }),
  connection_info: bodyField({ type: t.String({ maxLength: 16_777_215 }) }),
} as const;

const tagged = { type: tag } as const;

const legacyDevice = bodyObject(common);
const device = bodyObject({
  ...common,
  source_type: bodyField({ type: stringEnum(['volume', 'image', 'snapshot', 'blank']) }),
  uuid: bodyField({ type: t.String({ minLength: 1, maxLength: 255, pattern: '^[a-zA-Z0-9._-]*$' }) }),
  image_id: bodyField({ type: uuid }),
  destination_type: bodyField({ type: stringEnum(['local', 'volume']) }),
  guest_format: bodyField({ type: t.String({ maxLength: 255 }) }),
  device_type: bodyField({ type: t.String({ maxLength: 255 }) }),
  disk_bus: bodyField({ type: t.String({ maxLength: 255 }) }),
  boot_index: bodyField({ type: t.Unsafe<number | string | null>({ type: ['integer', 'string', 'null'], pattern: '^-?[0-9]+$' }) }),
  // Nova dropped it by accident for some versions.
  tag: bodyVariants(
    bodyField({ ...tagged, since: v.deviceTags, until: v.hypervisorPaging }),
    bodyField({ ...tagged, since: v.deviceTagsAgain }),
  ),
  volume_type: bodyField({ type: nullable(t.String({ maxLength: 255 })), since: v.volumeType }),
});

/** The two keys of a create request that hold block devices. */
export const blockDeviceFields = {
  block_device_mapping: bodyField({ type: listOf(legacyDevice), absent: [] }),
  block_device_mapping_v2: bodyField({ type: listOf(device), absent: [] }),
} as const;

interface Given {
  readonly block_device_mapping: readonly HeadOf<typeof legacyDevice>[];
  readonly block_device_mapping_v2: readonly HeadOf<typeof device>[];
}

/** The requested devices in either syntax, without those marked as absent. */
export function blockDevicesOf({ block_device_mapping: old, block_device_mapping_v2: devices }: Given): readonly BlockDevice[] {
  if (old.length > 0 && devices.length > 0)
    throw InvalidInput({ message: 'Using different block_device_mapping syntaxes is not allowed in the same request.' });
  return [...old.filter(isThere).map(legacyOf), ...devices.filter(isThere).map(deviceOf)];
}

const isThere = ({ no_device }: { readonly no_device?: unknown }): boolean => !isYes(no_device);

const legacyOf = (one: Given['block_device_mapping'][number]): BlockDevice => ({
  source: one.volume_id !== undefined ? 'volume' : one.snapshot_id !== undefined ? 'snapshot' : 'blank',
  destination: 'volume',
  bootIndex: null,
  imageId: null,
});

function deviceOf({
  source_type: source,
  destination_type: destination,
  boot_index: index,
  uuid: id,
  image_id,
}: Given['block_device_mapping_v2'][number]) {
  if (source === undefined) throw InvalidInput({ message: 'Block Device Mapping is Invalid: source_type is missing.' });
  return {
    source,
    destination: destination ?? (source === 'image' || source === 'blank' ? 'local' : 'volume'),
    bootIndex: index === undefined || index === null ? null : Number(index),
    imageId: id ?? image_id ?? null,
  };
}
