import { Type as t } from '@sinclair/typebox';
import { TagNotFound } from '../../../../compute/servers/errors.ts';
import { bodyObject } from '../../../../lib/versioning/body-object.ts';
import { queryParams } from '../../../../lib/versioning/query-params.ts';
import { plainBody } from '../../../../lib/versioning/request-body.ts';
import { bodyField } from '../../../../lib/versioning/shape.ts';
import { fits, InvalidInput } from '../../../../lib/versioning/validation.ts';
import { v } from '../../../../microversions.ts';
import { exactly } from '../../../pipeline/answer.ts';
import { done, ok, route } from '../../../pipeline/route.ts';
import type { ServerFaceDeps } from './deps.ts';

type Deps = ServerFaceDeps;

/** A tag of a server: what a URL and a list of tags in a query can hold. */
export const tag = t.String({ minLength: 1, maxLength: 60, pattern: '^[^,/]*$' });

/** The tags of one server. */
export const tagList = t.Array(tag, { maxItems: 50 });

const tagsAnswer = exactly(t.Object({ tags: t.Array(t.String()) }));
const window = { since: v.serverTags };
/** Reading tags ignores unknown parameters even where all else refuses them. */
const reading = { ...window, method: 'GET', query: queryParams({}) } as const;

const COLLECTION = '/servers/{id}/tags';
const ITEM = '/servers/{id}/tags/{tag}';

function checkTag(text: string): void {
  if (!fits(tag, text))
    throw InvalidInput({
      message: `Tag '${text.slice(0, 255)}' is invalid. It must be a non empty string without characters '/' and ','. Its length is at most 60.`,
    });
}

/** The tags of a server, as a list and one by one. */
export const tagRoutes = [
  route({
    ...reading,
    path: COLLECTION,
    summary: 'List the tags of a server.',
    status: 200,
    answers: tagsAnswer,
    handle: async ({ ctx, params }, { compute }: Deps) =>
      ok({ tags: [...(await compute.find(ctx, params.id, 'os_compute_api:os-server-tags:index')).tags] }),
  }),
  route({
    ...window,
    method: 'PUT',
    path: COLLECTION,
    summary: 'Replace the tags of a server.',
    body: plainBody(bodyObject({ tags: bodyField({ type: tagList, required: true }) })),
    status: 200,
    answers: tagsAnswer,
    handle: async ({ ctx, params, body }, { serverEdits }: Deps) =>
      ok({ tags: [...(await serverEdits.setTags(ctx, params.id, body.tags))] }),
  }),
  route({
    ...window,
    method: 'DELETE',
    path: COLLECTION,
    summary: 'Take all tags off a server.',
    status: 204,
    handle: async ({ ctx, params }, { serverEdits }: Deps) => {
      await serverEdits.deleteTags(ctx, params.id);
      return done();
    },
  }),
  route({
    ...reading,
    path: ITEM,
    summary: 'Check whether a server has a tag.',
    status: 204,
    handle: async ({ ctx, params }, { compute }: Deps) => {
      const { tags } = await compute.find(ctx, params.id, 'os_compute_api:os-server-tags:show');
      if (!tags.includes(params.tag)) throw TagNotFound({ serverId: params.id, tag: params.tag });
      return done();
    },
  }),
  route({
    ...window,
    method: 'PUT',
    path: ITEM,
    summary: 'Put a tag on a server.',
    status: 201,
    handle: async ({ ctx, params, baseUrl }, { serverEdits }: Deps) => {
      checkTag(params.tag);
      const isNew = await serverEdits.addTag(ctx, params.id, params.tag);
      return isNew
        ? done({ headers: { Location: `${baseUrl}/servers/${params.id}/tags/${encodeURIComponent(params.tag)}` } })
        : done({ status: 204 });
    },
  }),
  route({
    ...window,
    method: 'DELETE',
    path: ITEM,
    summary: 'Take a tag off a server.',
    status: 204,
    handle: async ({ ctx, params }, { serverEdits }: Deps) => {
      await serverEdits.deleteTag(ctx, params.id, params.tag);
      return done();
    },
  }),
];
