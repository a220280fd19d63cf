// Block devices in create requests, in both syntaxes and at every version, and their API-neutral form.
import { Type as t } from '@sinclair/typebox';
import { type BlockDevice, imageDisk, plainDevice, shortName, USUAL_ROOT } from '../../../../compute/servers/devices/block-device.ts';
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
  readonly imageRef?: string | undefined;
  readonly block_device_mapping: readonly HeadOf<typeof legacyDevice>[];
  readonly block_device_mapping_v2: readonly HeadOf<typeof device>[];
}

/** The requested devices in either syntax, without those marked as absent. */
export function blockDevicesOf({ imageRef, block_device_mapping: old, block_device_mapping_v2: devices }: Given): readonly BlockDevice[] {
  if (old.length > 0 && devices.length > 0)
    throw InvalidInput({ message: 'Using different block_device_mapping syntaxes is not allowed in the same request.' });
  if (devices.length > 0) return devices.filter(isThere).map(deviceOf);
  const legacy = old.filter(isThere).map(legacyOf);
  // The older form leaves the root disk to the image, unless a volume has its name.
  const isWhole = legacy.length === 0 || !imageRef || legacy.some(({ bootIndex }) => bootIndex === 0);
  return isWhole ? legacy : [imageDisk(imageRef), ...legacy];
}

const isThere = ({ no_device }: { readonly no_device?: unknown }): boolean => !isYes(no_device);

const invalid = (because: string) => InvalidInput({ message: `Block Device Mapping is Invalid: ${because}` });

/** What both forms say alike. */
const commonOf = ({ volume_size: size, delete_on_termination, device_name: name }: Given['block_device_mapping'][number]) => ({
  ...plainDevice,
  size: Number(size ?? 0) || null,
  name: name === undefined ? null : shortName(name),
  isDeletedWithServer: isYes(delete_on_termination),
});

function legacyOf(one: Given['block_device_mapping'][number]): BlockDevice {
  const common = commonOf(one);
  const { virtual_name: virtual, snapshot_id: snapshotId, volume_id: volumeId } = one;
  if (virtual !== undefined && /^(swap|ephemeral\d+)$/.test(virtual))
    return { ...common, source: 'blank', destination: 'local', isSwap: virtual === 'swap' };
  const sourceId = snapshotId ?? volumeId;
  if (sourceId === undefined) throw invalid('Unrecognized legacy format.');
  const bootIndex = common.name === USUAL_ROOT ? 0 : null;
  return { ...common, source: snapshotId === undefined ? 'volume' : 'snapshot', destination: 'volume', sourceId, bootIndex };
}

function deviceOf(one: Given['block_device_mapping_v2'][number]): BlockDevice {
  const { source_type: source, uuid: id, boot_index, volume_type: volumeType = null, tag: label = null } = one;
  if (source === undefined) throw invalid('source_type is missing.');
  if (source === 'blank' && id !== undefined) throw invalid('Invalid device UUID.');
  if (source !== 'blank' && id === undefined) throw invalid('Missing device UUID.');
  const destination = one.destination_type ?? (source === 'image' || source === 'blank' ? 'local' : 'volume');
  if (destination === 'local' && (source === 'volume' || source === 'snapshot'))
    throw invalid(`Mapping ${source} to local is not supported.`);
  if (destination === 'local' && volumeType !== null)
    throw invalid('Specifying a volume_type with destination_type=local is not supported.');
  const index = Number(boot_index ?? -1);
  return {
    ...commonOf(one),
    source,
    destination,
    bootIndex: index < 0 ? null : index,
    sourceId: id ?? null,
    volumeType,
    tag: label,
    isSwap: one.guest_format === 'swap',
  };
}
