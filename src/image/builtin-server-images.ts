import { asId, type ImageId } from '../objects/ids.ts';
import type { ImageApi } from './api.ts';
import { ImageIdTaken } from './errors.ts';
import type { ServerImages } from './server-images.ts';

/** How many backups of one server and type are looked at: far more than anybody keeps. */
const MAX_BACKUPS = 1_000;

/** Images of servers in our own image service, which hosts reach at `baseUrl`. */
export const builtinServerImages = (images: ImageApi, baseUrl: string): ServerImages => ({
  checkNew: (ctx, image) => void images.checkNew(ctx, image),
  create: async (ctx, image) => {
    try {
      await images.create(ctx, { ...image, containerFormat: 'bare' });
    } catch (error) {
      if (!ImageIdTaken.is(error)) throw error;
    }
  },
  completeEmpty: (ctx, id) => images.completeEmpty(ctx, id),
  progressOf: async (id) => {
    const status = await images.statusOf(id);
    return status === undefined ? 'gone' : status === 'queued' || status === 'saving' ? 'waiting' : 'whole';
  },
  targetOf: ({ id, diskFormat }) => ({
    imageId: id,
    diskFormat,
    url: `${baseUrl}/v2/images/${id}/file`,
    token: images.passToSend(id),
  }),
  discard: (ctx, id) => images.discard(ctx, id),
  backupsOf: async (ctx, { serverId, type }) => {
    const found = await images.list(ctx, {
      // Others may give their images any properties.
      values: { owner: [ctx.projectId ?? ''] },
      properties: { instance_uuid: serverId, image_type: 'backup', backup_type: type },
      sort: [{ key: 'created_at', direction: 'desc' }],
      limit: MAX_BACKUPS,
    });
    return found.map(({ id }) => asId<ImageId>(id));
  },
});
