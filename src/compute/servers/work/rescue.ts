/** Resolves what a rescue names: its image, or the one to use if it names none. */
import type { CloudDb } from '../../../db/sql/queries.ts';
import type { ImageSources } from '../../../image/image-sources.ts';
import type { Ids } from '../../../lib/clock/ids.ts';
import type { Context } from '../../../lib/context/context.ts';
import type { ImageMeta } from '../../../objects/image.ts';
import { rescueDeviceOf } from '../../../objects/rescue-device.ts';
import type { Server } from '../../../objects/server.ts';
import { rootVolumeOf } from '../../../objects/server-volume.ts';
import { RescueImageUnsupported, ServerNotRescuable } from '../errors.ts';
import { hostOf } from '../may-begin.ts';
import { generatedPassword } from '../generated-password.ts';
import type { Prepare } from './preparers.ts';

export interface RescueDeps {
  readonly images: Pick<ImageSources, 'forBoot'>;
  readonly db: CloudDb;
  readonly ids: Ids;
  /** The image for rescues that name none (`rescue_image_id`); without it, the server's own. */
  readonly defaultRescueImageId: string | undefined;
}

/** Prepares a rescue, and refuses images that no guest can be rescued with. */
export const prepareRescue =
  (deps: RescueDeps): Prepare<'rescue'> =>
  async (ctx, server, asked) => {
    const image = await rescueImage(deps, ctx, server, asked.imageId);
    const device = rescueDeviceOf(image.properties);
    // Beside a volume the rescue disk is a device of its own: it does not take the place of the first disk.
    if (rootVolumeOf(server) && (!asked.mayBeOfVolume || device === null))
      throw ServerNotRescuable({ id: server.id, because: 'Cannot rescue a volume-backed instance' });
    if (device === 'unsupported') throw RescueImageUnsupported({ id: image.id });
    const adminPassword = asked.adminPassword ?? (await generatedPassword(deps, ctx));
    return {
      // Only a config drive can tell the guest.
      details: server.configDrive ? { admin_password: adminPassword } : {},
      adminPassword,
      workOf: (locked) => ({ serverId: locked.id, host: hostOf(locked), image }),
    };
  };

async function rescueImage({ images, defaultRescueImageId }: RescueDeps, ctx: Context, server: Server, asked?: string): Promise<ImageMeta> {
  // Of the image of a volume only the properties are known.
  const id = asked ?? defaultRescueImageId ?? (server.image?.isOfVolume ? server.image.id : undefined);
  if (id === undefined) {
    if (server.image === null) throw ServerNotRescuable({ id: server.id, because: 'it has no image to rescue it with' });
    return server.image;
  }
  const image = await images.forBoot(ctx, id);
  // A list of volumes is not an image that can be attached.
  if (typeof image === 'string' || image.properties['block_device_mapping'] !== undefined) throw RescueImageUnsupported({ id });
  return image;
}
