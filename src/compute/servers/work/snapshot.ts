import type { InWhole } from '../../../db/sql/queries.ts';
import type { ServerImages } from '../../../image/server-images.ts';
import type { ServerVolumes } from '../../../volume/server-volumes.ts';
import type { Policy } from '../../../policy/policy.ts';
import { quiesceOf } from '../../../objects/guest-agent.ts';
import { imageOfVolumes } from '../image-of-volumes.ts';
import type { Ids } from '../../../lib/clock/ids.ts';
import type { Context } from '../../../lib/context/context.ts';
import { asId, type ImageId } from '../../../objects/ids.ts';
import type { NewServerImage, SnapshotFormat } from '../../../objects/server-image.ts';
import type { Server } from '../../../objects/server.ts';
import { rootVolumeOf } from '../../../objects/server-volume.ts';
import { checkMetadataItems } from '../../../quota/check.ts';
import type { QuotaLimits } from '../../../quota/resources.ts';
import { BackupOfVolumes, QuiesceUnsupported, ServerInWrongState } from '../errors.ts';
import { checkQuiesce } from '../guest-agent.ts';
import { hostOf } from '../may-begin.ts';
import { imageOf } from '../server-image.ts';
import type { Prepare } from './preparers.ts';

export interface SnapshotDeps {
  readonly images: Pick<ServerImages, 'checkNew' | 'create'>;
  readonly volumes: Pick<ServerVolumes, 'snapshots'>;
  readonly policy: Policy;
  readonly quotaLimits: QuotaLimits;
  /** The disk format of images of servers (`snapshot_image_format`). */
  readonly diskFormat: SnapshotFormat;
  readonly ids: Ids;
}

/** What both kinds of images of servers ask. */
interface Asked {
  readonly metadata: Readonly<Record<string, string>>;
  readonly hasMetadataQuota: boolean;
}

export const prepareCreateImage =
  (deps: SnapshotDeps): Prepare<'createImage'> =>
  async (ctx, server, asked) => {
    const { image, ...listing } = rootVolumeOf(server)
      ? await listingImage(deps, ctx, server, asked)
      : { image: newImage(deps, ctx, server, { ...asked, type: 'snapshot' }) };
    return {
      ...beginning(deps, ctx, asked, image),
      answer: { imageId: image.id },
      workOf: (locked) => ({ serverId: locked.id, host: hostOf(locked), image, ...listing, transition: 'createImage' }),
    };
  };

export const prepareCreateBackup =
  (deps: SnapshotDeps): Prepare<'createBackup'> =>
  async (ctx, server, asked) => {
    if (rootVolumeOf(server)) throw BackupOfVolumes({});
    const { type, keep, metadata } = asked;
    const image = newImage(deps, ctx, server, { ...asked, type: 'backup', metadata: { ...metadata, backup_type: type } });
    const work = { image, transition: 'createBackup', rotation: { type, keep } } as const;
    return {
      ...beginning(deps, ctx, asked, image),
      answer: { imageId: keep > 0 ? image.id : null },
      workOf: (locked) => ({ serverId: locked.id, host: hostOf(locked), ...work }),
    };
  };

/** The image of a server that boots from a volume. */
async function listingImage(
  deps: SnapshotDeps,
  ctx: Context,
  server: Server,
  asked: { readonly name: string; readonly metadata: Asked['metadata'] },
) {
  const { id, projectId: project_id, userId: user_id, vmState: state } = server;
  deps.policy.check(ctx, 'os_compute_api:servers:create_image:allow_volume_backed', { project_id, user_id });
  if (state !== 'active' && state !== 'stopped') throw ServerInWrongState({ action: 'createImage', id, attribute: 'vm_state', state });
  if (quiesceOf(server.image) === 'required') throw QuiesceUnsupported({ id });
  const sizesGb = await deps.volumes.snapshots.check(
    ctx,
    server.volumes.map(({ volumeId }) => volumeId),
  );
  // Without data its format says nothing.
  const image = newImage({ ...deps, diskFormat: 'raw' }, ctx, server, { ...asked, type: 'snapshot' });
  return imageOfVolumes(deps.ids, image, { ...server, sizesGb });
}

function newImage(
  { images, diskFormat, ids }: SnapshotDeps,
  ctx: Context,
  server: Server,
  asked: { readonly name: string; readonly type: 'snapshot' | 'backup'; readonly metadata: Asked['metadata'] },
): NewServerImage {
  const image = imageOf(ctx, server, { ...asked, id: asId<ImageId>(ids.uuid()), diskFormat });
  images.checkNew(ctx, image);
  return image;
}

/**
 * The image is created once the work is stored, so that no image is left without work; the workflow creates it too, if this process dies in
 * between. The client finds it when it has its answer.
 */
const beginning = ({ images, quotaLimits }: SnapshotDeps, ctx: Context, { metadata, hasMetadataQuota }: Asked, image: NewServerImage) => ({
  check: async (trx: InWhole, locked: Server): Promise<void> => {
    if (hasMetadataQuota) await checkMetadataItems(trx, { projectId: locked.projectId }, Object.keys(metadata).length, quotaLimits);
    await checkQuiesce(trx, locked);
  },
  onBegun: (imageId: ImageId | null): Promise<void> => images.create(ctx, { ...image, id: imageId ?? image.id }),
});
