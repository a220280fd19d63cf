/** Glance v2: create, list, show, change and delete images. */
import type { ImageApi } from '../../../image/api.ts';
import { done, ok, route } from '../../pipeline/route.ts';
import { patched } from './apply-patch.ts';
import { newImageBody, newImageOf } from './image-body.ts';
import { patchBody, readPatch } from './image-patch.ts';
import { imageQuery } from './image-query.ts';
import { imagePageAnswer, imagePageOf } from './image-lists.ts';
import { imageAnswer } from './image-view.ts';

interface Deps {
  readonly images: ImageApi;
}

export const createImage = route({
  method: 'POST',
  path: '/v2/images',
  summary: 'Create an image without data.',
  body: newImageBody,
  status: 201,
  answers: imageAnswer,
  handle: async ({ ctx, body, url }, { images }: Deps) => {
    const image = await images.create(ctx, newImageOf(body));
    return ok(image, { headers: { Location: `${url}/${image.id}` } });
  },
});

export const listImages = route({
  method: 'GET',
  path: '/v2/images',
  summary: 'List images.',
  query: imageQuery,
  status: 200,
  answers: imagePageAnswer,
  handle: async (req, { images }: Deps) => ok(imagePageOf(req, await images.list(req.ctx, req.query))),
});

export const showImage = route({
  method: 'GET',
  path: '/v2/images/{id}',
  summary: 'Show an image.',
  status: 200,
  answers: imageAnswer,
  handle: async ({ ctx, params }, { images }: Deps) => ok(await images.show(ctx, params.id)),
});

export const updateImage = route({
  method: 'PATCH',
  path: '/v2/images/{id}',
  summary: 'Change the attributes of an image.',
  body: patchBody,
  status: 200,
  answers: imageAnswer,
  handle: async ({ ctx, params, body, headers }, { images }: Deps) => {
    const operations = readPatch(body, headers['content-type']);
    return ok(await images.update(ctx, params.id, (now) => patched(now, operations)));
  },
});

export const deleteImage = route({
  method: 'DELETE',
  path: '/v2/images/{id}',
  summary: 'Delete an image and its data.',
  status: 204,
  handle: async ({ ctx, params }, { images }: Deps) => {
    await images.delete(ctx, params.id);
    return done();
  },
});
