/** The disks that an image names: an image of a server that boots from volumes is a list of their snapshots. */
import { type Static, Type as t } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { ImageMeta } from '../../../objects/image.ts';
import { saysYes } from '../../../objects/image-properties.ts';
import { InvalidImageMetadata } from '../errors.ts';
import { type BlockDevice, plainDevice, shortName, USUAL_ROOT } from './block-device.ts';

const text = t.Optional(t.Union([t.String(), t.Null()]));
const number = t.Optional(t.Union([t.Integer(), t.String({ pattern: '^-?[0-9]+$' }), t.Null()]));

const named = t.Object({
  source_type: text,
  destination_type: text,
  volume_id: text,
  snapshot_id: text,
  image_id: text,
  volume_size: number,
  boot_index: number,
  device_name: text,
  guest_format: text,
  volume_type: text,
  virtual_name: text,
  tag: text,
  delete_on_termination: t.Optional(t.Unknown()),
  no_device: t.Optional(t.Unknown()),
});
type Named = Static<typeof named>;

const PROPERTY = 'block_device_mapping';

/** Whether an image is nothing but a list of volumes. */
export const listsVolumes = ({ properties }: Pick<ImageMeta, 'properties'>): boolean => properties[PROPERTY] !== undefined;

export function devicesOfImage({ properties }: Pick<ImageMeta, 'properties'>): readonly BlockDevice[] {
  const listed = properties[PROPERTY];
  if (listed === undefined) return [];
  const read = readList(listed).filter(({ no_device }) => !isTrue(no_device));
  if (saysYes(properties['bdm_v2'] ?? '')) return read.map(deviceOf);
  const root = shortName(properties['root_device_name'] ?? USUAL_ROOT);
  return read.map((one) => ({
    ...deviceOf({ ...one, source_type: sourceOf(one), destination_type: one.virtual_name ? 'local' : 'volume' }),
    bootIndex: shortName(one.device_name ?? '') === root ? 0 : null,
  }));
}

function readList(listed: string): readonly Named[] {
  try {
    const list: unknown = JSON.parse(listed);
    if (Value.Check(t.Array(named), list)) return list;
  } catch {
    // Refused like any other text that is no list.
  }
  throw InvalidImageMetadata({ because: `${PROPERTY} is not a list of block devices.` });
}

/** What a device of the older form is made of. */
const sourceOf = ({ snapshot_id, virtual_name }: Named): BlockDevice['source'] =>
  virtual_name ? 'blank' : snapshot_id ? 'snapshot' : 'volume';

function deviceOf(one: Named): BlockDevice {
  const { source_type: source, destination_type: destination } = one;
  const isKnown = source === 'volume' || source === 'snapshot' || source === 'image' || source === 'blank';
  if (!isKnown) throw InvalidImageMetadata({ because: `${PROPERTY} has a device of an unknown source.` });
  const index = one.boot_index === undefined || one.boot_index === null ? -1 : Number(one.boot_index);
  return {
    ...plainDevice,
    source,
    destination: destination === 'local' ? 'local' : 'volume',
    bootIndex: index < 0 ? null : index,
    sourceId: { volume: one.volume_id, snapshot: one.snapshot_id, image: one.image_id, blank: null }[source] ?? null,
    size: Number(one.volume_size ?? 0) || null,
    volumeType: one.volume_type ?? null,
    tag: one.tag ?? null,
    name: one.device_name ? shortName(one.device_name) : null,
    isDeletedWithServer: isTrue(one.delete_on_termination),
    isSwap: one.guest_format === 'swap' || one.virtual_name === 'swap',
  };
}

const isTrue = (value: unknown): boolean => saysYes(String(value ?? ''));
