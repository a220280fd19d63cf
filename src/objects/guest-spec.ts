import { Type as t, type Static } from '@sinclair/typebox';
import { flavor } from './flavor.ts';
import { guestVolume } from './guest-volume.ts';
import { type GuestHardware, hardwareOf } from './hardware/hardware.ts';
import { driveFile } from './guest-metadata/config-drive-files.ts';
import { serverId } from './ids.ts';
import { type ImageMeta, imageMeta } from './image.ts';
import { guestPlacement } from './numa/guest-placement.ts';
import { placedDevice } from './pci/host-device.ts';
import { vif } from './network-info.ts';

/** Where a host fetches an image's data: a URL of the image service and a short-lived token for this data only. */
export const imageSource = t.Object({ image: imageMeta, url: t.String(), token: t.String() });
export type ImageSource = Static<typeof imageSource>;

/** The most images that a host is told to cache at once. */
export const MAX_IMAGES_TO_CACHE = 100;

/** All that a compute host needs to create a guest: it has no database access. */
export const guestSpec = t.Object({
  serverId,
  /** The hypervisor's name of the guest, `instance-0000002a`. */
  name: t.String(),
  displayName: t.String(),
  hostname: t.String(),
  projectId: t.String(),
  userId: t.String(),
  flavor,
  disk: t.Union([imageSource, t.Null()]),
  /** For a guest that boots from a volume: the image whose properties say what machine it needs. */
  image: t.Optional(imageMeta),
  kernel: t.Union([imageSource, t.Null()]),
  ramdisk: t.Union([imageSource, t.Null()]),
  vifs: t.Array(vif),
  /** The volumes that it has from the start. */
  volumes: t.Optional(t.Array(guestVolume)),
  /** The nodes, CPUs and pages of its host that it has, if it asks for any. */
  numa: t.Optional(guestPlacement),
  /** The PCI devices of its host that it has. */
  devices: t.Optional(t.Array(placedDevice)),
  /** The files of its config drive, if it has one. */
  configDrive: t.Optional(t.Array(driveFile)),
});
export type GuestSpec = Static<typeof guestSpec>;

/** A guest that brings its data along, from another host or another size: no image is fetched for it; its volumes are connected there. */
export const movedGuest = t.Composite([
  t.Omit(guestSpec, ['disk', 'image', 'kernel', 'ramdisk']),
  t.Object({ image: t.Union([imageMeta, t.Null()]) }),
]);
export type MovedGuest = Static<typeof movedGuest>;

/** The image whose properties say what machine the guest needs: that of its disk, or of the volume that it boots from. */
export const imageIn = ({ disk, image }: Pick<GuestSpec, 'disk' | 'image'>): ImageMeta | undefined => disk?.image ?? image;

/** The hardware that a guest's flavor and image ask for. */
export const hardwareIn = ({ flavor, ...guest }: Pick<GuestSpec, 'flavor' | 'disk' | 'image'>): GuestHardware =>
  hardwareOf({ flavor, properties: imageIn(guest)?.properties ?? {} });
