import { Type as t } from '@sinclair/typebox';
import { bodyObject } from '../../../lib/versioning/body-object.ts';
import { plainBody } from '../../../lib/versioning/request-body.ts';
import { bodyField } from '../../../lib/versioning/shape.ts';
import { fits, InvalidInput } from '../../../lib/versioning/validation.ts';
import { exactly } from '../../pipeline/answer.ts';
import { done, ok, route } from '../../pipeline/route.ts';
import type { IdentityFaceDeps as Deps } from './deps.ts';
import { tag, tags } from './fields.ts';
import { linksOf, linksSchema } from './lists.ts';

const COLLECTION = '/projects/{id}/tags';
const ITEM = '/projects/{id}/tags/{tag}';

const answers = exactly(t.Object({ tags: t.Array(t.String()), links: linksSchema }));
const answerOf = (found: readonly string[], self: string) => ok({ tags: [...found], links: linksOf({ self }) });

function checkTag(text: string): void {
  if (!fits(tag, text))
    throw InvalidInput({
      message: `Invalid input for field 'tags': a tag has from 1 to ${tag.maxLength} characters, without '/' and ','.`,
    });
}

/** /v3/projects/{id}/tags */
export const projectTagRoutes = [
  route({
    method: 'GET',
    path: COLLECTION,
    summary: 'List the tags of a project.',
    status: 200,
    answers,
    handle: async ({ ctx, params, url }, { admin }: Deps) => answerOf(await admin.projectTags.list(ctx, params.id), url),
  }),
  route({
    method: 'PUT',
    path: COLLECTION,
    summary: 'Replace the tags of a project.',
    body: plainBody(bodyObject({ tags: bodyField({ type: tags, required: true }) })),
    status: 200,
    answers,
    handle: async ({ ctx, params, body, url }, { admin }: Deps) =>
      answerOf(await admin.projectTags.replace(ctx, params.id, body.tags), url),
  }),
  route({
    method: 'DELETE',
    path: COLLECTION,
    summary: 'Remove all tags of a project.',
    status: 204,
    handle: async ({ ctx, params }, { admin }: Deps) => {
      await admin.projectTags.clear(ctx, params.id);
      return done();
    },
  }),
  // Also serves HEAD.
  route({
    method: 'GET',
    path: ITEM,
    summary: 'Check whether a project has a tag.',
    status: 204,
    handle: async ({ ctx, params }, { admin }: Deps) => {
      await admin.projectTags.check(ctx, params.id, params.tag);
      return done();
    },
  }),
  route({
    method: 'PUT',
    path: ITEM,
    summary: 'Add a tag to a project.',
    status: 201,
    handle: async ({ ctx, params, url }, { admin }: Deps) => {
      checkTag(params.tag);
      await admin.projectTags.add(ctx, params.id, params.tag);
      return done({ headers: { Location: url } });
    },
  }),
  route({
    method: 'DELETE',
    path: ITEM,
    summary: 'Remove a tag from a project.',
    status: 204,
    handle: async ({ ctx, params }, { admin }: Deps) => {
      await admin.projectTags.remove(ctx, params.id, params.tag);
      return done();
    },
  }),
];
