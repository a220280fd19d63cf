import type { Context } from '../../lib/context/context.ts';
import type { ImageId } from '../../objects/ids.ts';
import { namedImage, type Server } from '../../objects/server.ts';
import type { NewServerImage, SnapshotFormat } from '../../objects/server-image.ts';

/** What is asked of an image of a server. */
export interface AskedImage {
  readonly id: ImageId;
  readonly name: string;
  readonly type: 'snapshot' | 'backup';
  readonly diskFormat: SnapshotFormat;
  /** Further properties. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Properties of an image that say nothing about an image of a server that booted from it (`non_inheritable_image_properties`). */
const notInherited = /^(cache_in_nova|bittorrent|img_signature.*|cinder_encryption_key_(id|deletion_policy)|os_glance.*)$/;

/**
 * The record of an image to make of a server: it needs what the server's image needed, and says what it was made of. An administrator's
 * image of another project's server names that project.
 */
export function imageOf(ctx: Context, server: Server, { id, name, type, diskFormat, metadata = {} }: AskedImage): NewServerImage {
  const { image, flavor, projectId } = server;
  const owner = ctx.projectId ?? projectId;
  const isForeign = owner !== projectId;
  const inherited = Object.entries(image?.properties ?? {}).filter(([property]) => !notInherited.test(property));
  return {
    id,
    name,
    owner,
    visibility: isForeign ? 'shared' : 'private',
    diskFormat,
    // A copy in a format that grows does not show the size of its disk.
    minDiskGb: diskFormat === 'raw' ? (image?.minDiskGb ?? 0) : Math.max(image?.minDiskGb ?? 0, flavor.rootGb),
    minRamMb: image?.minRamMb ?? 0,
    properties: {
      ...Object.fromEntries(inherited),
      ...originOf(server),
      image_type: type,
      user_id: ctx.userId ?? server.userId,
      ...(isForeign && { instance_owner: projectId }),
      ...metadata,
    },
  };
}

/** The image that a shelved server's disk becomes; it belongs to the server's project, whoever shelves it. */
export const shelvedImageOf = (ctx: Context, server: Server, { id, diskFormat }: Pick<AskedImage, 'id' | 'diskFormat'>): NewServerImage =>
  imageOf({ ...ctx, projectId: server.projectId }, server, { id, diskFormat, name: `${server.name}-shelved`, type: 'snapshot' });

const originOf = ({ id, creator, ...server }: Server): Record<string, string> => ({
  instance_uuid: id,
  ...(namedImage(server) && { base_image_ref: namedImage(server)?.id ?? '' }),
  ...(creator?.userName !== undefined && { owner_user_name: creator.userName }),
  ...(creator?.projectName !== undefined && { owner_project_name: creator.projectName }),
  ...(creator && { boot_roles: creator.roles.join(',') }),
});
