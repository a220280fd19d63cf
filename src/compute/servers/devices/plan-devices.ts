/** Which disks a new server gets, of what its request and its image ask for; refuses what no server could have. Pure. */
import type { Flavor } from '../../../objects/flavor.ts';
import type { ImageMeta } from '../../../objects/image.ts';
import { ImageRequired } from '../errors.ts';
import {
  type BlockDevice,
  BlockDevicesInvalid,
  BootSequenceInvalid,
  EphemeralTooLarge,
  imageDisk,
  RootNameTaken,
  SwapTooLarge,
  USUAL_ROOT,
  VolumesForSeveralServers,
} from './block-device.ts';
import { devicesOfImage } from './image-devices.ts';

interface Asked {
  readonly devices: readonly BlockDevice[];
  readonly image: ImageMeta | null;
  readonly flavor: Flavor;
  readonly servers: number;
}

/** All disks of the server; the one that it boots from has the boot index 0. */
export function planDevices({ devices, image, flavor, servers }: Asked): readonly BlockDevice[] {
  if (image === null && devices.length === 0) throw ImageRequired({});
  if (
    image !== null &&
    devices.some(({ destination, name, bootIndex }) => destination === 'volume' && name === USUAL_ROOT && bootIndex !== 0)
  )
    throw RootNameTaken({ root: USUAL_ROOT });
  const wanted = merge(image, devices);
  if (servers > 1 && wanted.some(({ source }) => source === 'volume')) throw VolumesForSeveralServers({});
  refuseTwice(wanted);
  checkBootSequence(wanted);
  checkLocalDisks(wanted, { flavor, image });
  return wanted;
}

/** Those of the request come first, and replace those of the image with their names; an image that says what to boot from is no disk itself. */
function merge(image: ImageMeta | null, asked: readonly BlockDevice[]): readonly BlockDevice[] {
  const ofImage = image === null ? [] : devicesOfImage(image);
  const imageHasRoot = ofImage.some(({ bootIndex }) => bootIndex === 0);
  const own = image !== null && asked.length === 0 ? [imageDisk(image.id)] : asked;
  const kept = imageHasRoot ? own.filter(({ bootIndex, source }) => bootIndex !== 0 || source !== 'image') : own;
  const names = new Set(kept.flatMap(({ name }) => name ?? []));
  return [...kept, ...ofImage.filter(({ name }) => name === null || !names.has(name))];
}

function refuseTwice(devices: readonly BlockDevice[]): void {
  const ids = devices.flatMap(({ source, sourceId }) => (source === 'volume' ? (sourceId?.toLowerCase() ?? []) : []));
  const twice = ids.find((id, place) => ids.indexOf(id) !== place);
  if (twice !== undefined) throw BlockDevicesInvalid({ because: `volume ${twice} is named twice.` });
}

/** Each disk that may be booted from has its own index, counted from 0. */
function checkBootSequence(devices: readonly BlockDevice[]): void {
  const indexes = devices.flatMap(({ bootIndex }) => bootIndex ?? []).toSorted((a, b) => a - b);
  if (indexes.length === 0 || indexes.some((bootIndex, place) => bootIndex !== place)) throw BootSequenceInvalid({});
}

/** Local disks are those of the flavor, in its sizes; an image is copied to a local disk only to be booted from. */
function checkLocalDisks(
  devices: readonly BlockDevice[],
  { flavor: { ephemeralGb, swapMb }, image }: Pick<Asked, 'flavor' | 'image'>,
): void {
  const local = devices.filter(({ destination }) => destination === 'local');
  if (local.some(({ source, bootIndex, sourceId }) => source === 'image' && (bootIndex !== 0 || sourceId !== image?.id)))
    throw BlockDevicesInvalid({ because: 'Mapping image to local is not supported.' });
  const blank = local.filter(({ source }) => source === 'blank');
  const ephemeral = blank.filter(({ isSwap }) => !isSwap);
  const swap = blank.filter(({ isSwap }) => isSwap);
  if (ephemeral.reduce((sum, { size }) => sum + (size ?? ephemeralGb), 0) > ephemeralGb) throw EphemeralTooLarge({});
  if (swap.length > 1) throw BlockDevicesInvalid({ because: 'More than one swap drive requested.' });
  if (swap.some(({ size }) => (size ?? 0) > swapMb)) throw SwapTooLarge({});
  const isOfFlavor = ephemeral.every(({ size }) => size === null || size === ephemeralGb);
  if (!isOfFlavor || swap.some(({ size }) => size !== null && size !== swapMb))
    throw BlockDevicesInvalid({ because: `local disks have the sizes of the flavor, ${ephemeralGb} GB and ${swapMb} MB of swap.` });
}
