import type { Context } from '../../../lib/context/context.ts';
import { guestName } from '../../../objects/guest-name.ts';
import type { GuestSpec, ImageSource } from '../../../objects/guest-spec.ts';
import type { HostName } from '../../../objects/ids.ts';
import type { ImageMeta } from '../../../objects/image.ts';
import type { Vif } from '../../../objects/network-info.ts';
import type { Server } from '../../../objects/server.ts';
import { rootVolumeOf } from '../../../objects/server-volume.ts';
import { NamedImageUnusable } from '../../errors.ts';
import { type DriveFile, configDriveFiles } from '../../../objects/guest-metadata/config-drive-files.ts';
import { guestMetadataOf } from '../../../objects/guest-metadata/guest-metadata.ts';
import { placeOfGuest } from '../../../db/stores/hosts/guest-places.ts';
import { adminPasswordOf } from '../../../db/stores/servers/admin-password.ts';
import type { WorkflowDeps } from '../deps.ts';

/** What the guest of a server is made from. */
export type SpecDeps = Pick<WorkflowDeps, 'db' | 'ids' | 'images'> & { readonly options: Pick<WorkflowDeps['options'], 'dhcpDomain'> };

/** How a guest is made. */
interface Making {
  readonly host: HostName;
  readonly vifs: readonly Vif[];
  /** Made from this image instead of the server's. */
  readonly image?: ImageMeta | null | undefined;
}

/** What a host needs to make the server's guest, with passes for the images that it will fetch. */
export async function guestSpecOf(deps: SpecDeps, ctx: Context, server: Server, making: Making): Promise<GuestSpec> {
  const { host, vifs } = making;
  const image = making.image ?? server.image;
  const isVolumeBacked = rootVolumeOf(server) !== undefined;
  // Another image that it is made from is that of a disk.
  const ofDisk = making.image ?? (isVolumeBacked ? null : server.image);
  const [place, disk, kernel, ramdisk] = await Promise.all([
    placeOfGuest(deps.db, { serverId: server.id, host, flavor: server.flavor, image: server.image }),
    ofDisk && deps.images.sourceOf(ctx, ofDisk),
    namedIn(deps, ctx, image, 'kernel_id'),
    namedIn(deps, ctx, image, 'ramdisk_id'),
  ]);
  return {
    serverId: server.id,
    name: guestName(server),
    displayName: server.name,
    hostname: server.hostname,
    projectId: server.projectId,
    userId: server.userId,
    flavor: server.flavor,
    disk,
    ...(isVolumeBacked && server.image && { image: server.image }),
    kernel,
    ramdisk,
    vifs: [...vifs],
    ...place,
    ...(server.configDrive ? { configDrive: await configDriveOf(deps, server) } : {}),
  };
}

/** The files of the server's config drive. */
async function configDriveOf({ db, ids, options }: SpecDeps, server: Server): Promise<DriveFile[]> {
  const adminPassword = await adminPasswordOf(db, server.id);
  const guest = guestMetadataOf(server, { ids, dhcpDomain: options.dhcpDomain });
  return configDriveFiles(adminPassword === undefined ? guest : { ...guest, adminPassword });
}

/** The image that another image names as its kernel or ramdisk. */
async function namedIn(
  deps: Pick<WorkflowDeps, 'images'>,
  ctx: Context,
  image: ImageMeta | null,
  property: string,
): Promise<ImageSource | null> {
  const id = image?.properties[property];
  if (!id) return null;
  const named = await deps.images.forBoot(ctx, id);
  if (typeof named === 'string') throw NamedImageUnusable({ id, property, because: named });
  return await deps.images.sourceOf(ctx, named);
}
