/** Single things done to an image: a tag on or off, its data withheld or given back. */
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
  summary: 'Put a tag on an image.',
  status: 204,
  handle: async ({ ctx, params }, { images }: Deps) => {
    await images.addTag(ctx, params.id, checkTag(params.tag));
    return done();
  },
});

const removeTag = route({
  method: 'DELETE',
  path: '/v2/images/{id}/tags/{tag}',
  summary: 'Take a tag from an image.',
  status: 204,
  handle: async ({ ctx, params }, { images }: Deps) => {
    await images.removeTag(ctx, params.id, params.tag);
    return done();
  },
});

const deactivate = route({
  method: 'POST',
  path: '/v2/images/{id}/actions/deactivate',
  summary: 'Withhold the data of an image from everybody but admins.',
  status: 204,
  handle: async ({ ctx, params }, { images }: Deps) => {
    await images.deactivate(ctx, params.id);
    return done();
  },
});

const reactivate = route({
  method: 'POST',
  path: '/v2/images/{id}/actions/reactivate',
  summary: 'Give the data of an image back.',
  status: 204,
  handle: async ({ ctx, params }, { images }: Deps) => {
    await images.reactivate(ctx, params.id);
    return done();
  },
});

export const actionRoutes = [addTag, removeTag, deactivate, reactivate];
