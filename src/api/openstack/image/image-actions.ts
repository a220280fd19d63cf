/** Image actions: add or remove a tag, deactivate or reactivate. */
import type { ImageApi } from '../../../image/api.ts';
import { InvalidInput } from '../../../lib/versioning/validation.ts';
import { done, route } from '../../pipeline/route.ts';

interface Deps {
  readonly images: ImageApi;
}

const TAG_LENGTH = 255;

const checkTag = (tag: string): string => {
  if (tag.length > TAG_LENGTH)
    throw InvalidInput({ message: `Invalid input for field/attribute tag. It is longer than ${TAG_LENGTH} characters.` });
  return tag;
};

const addTag = route({
  method: 'PUT',
  path: '/v2/images/{id}/tags/{tag}',
  summary: 'Add a tag to an image.',
  status: 204,
  handle: async ({ ctx, params }, { images }: Deps) => {
    await images.addTag(ctx, params.id, checkTag(params.tag));
    return done();
  },
});

const removeTag = route({
  method: 'DELETE',
  path: '/v2/images/{id}/tags/{tag}',
  summary: 'Remove a tag from an image.',
  status: 204,
  handle: async ({ ctx, params }, { images }: Deps) => {
    await images.removeTag(ctx, params.id, params.tag);
    return done();
  },
});

const deactivate = route({
  method: 'POST',
  path: '/v2/images/{id}/actions/deactivate',
  summary: 'Deactivate an image: only admins can download its data.',
  status: 204,
  handle: async ({ ctx, params }, { images }: Deps) => {
    await images.deactivate(ctx, params.id);
    return done();
  },
});

const reactivate = route({
  method: 'POST',
  path: '/v2/images/{id}/actions/reactivate',
  summary: 'Reactivate an image.',
  status: 204,
  handle: async ({ ctx, params }, { images }: Deps) => {
    await images.reactivate(ctx, params.id);
    return done();
  },
});

export const actionRoutes = [addTag, removeTag, deactivate, reactivate];
