/** An image of a server that boots from a volume: it has no data, and lists a snapshot of each of the server's volumes. */
import type { Ids } from '../../lib/clock/ids.ts';
import type { NewServerImage } from '../../objects/server-image.ts';
import type { Server } from '../../objects/server.ts';
import type { ServerVolume } from '../../objects/server-volume.ts';
import type { SnapshotServer } from '../../operations/workflows.ts';

interface Listing {
  readonly image: NewServerImage;
  readonly snapshots: NonNullable<SnapshotServer['snapshots']>;
}

/** The image with its list, in the form that a boot reads, and the snapshots that are to be taken. */
export function imageOfVolumes(
  ids: Ids,
  image: NewServerImage,
  { volumes, rootDeviceName, sizesGb }: Pick<Server, 'volumes' | 'rootDeviceName'> & { readonly sizesGb: readonly number[] },
): Listing {
  const snapshots = volumes.map(({ volumeId }) => ({ snapshotId: ids.uuid(), volumeId }));
  const listed = volumes.map((volume, place) => deviceOf(volume, { snapshotId: snapshots[place]?.snapshotId, sizeGb: sizesGb[place] }));
  const properties = {
    ...image.properties,
    bdm_v2: 'True',
    ...(rootDeviceName !== null && { root_device_name: rootDeviceName }),
    block_device_mapping: JSON.stringify(listed),
  };
  return { image: { ...image, properties }, snapshots };
}

const deviceOf = (
  { device, bootIndex = -1, isDeletedWithServer }: ServerVolume,
  { snapshotId, sizeGb }: { readonly snapshotId: string | undefined; readonly sizeGb: number | undefined },
) => ({
  source_type: 'snapshot',
  destination_type: 'volume',
  snapshot_id: snapshotId,
  volume_size: sizeGb,
  boot_index: bootIndex,
  device_name: device,
  device_type: 'disk',
  delete_on_termination: isDeletedWithServer,
});
