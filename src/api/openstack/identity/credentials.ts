import { Type as t } from '@sinclair/typebox';
import { queryParams } from '../../../lib/versioning/query-params.ts';
import { requestBody } from '../../../lib/versioning/request-body.ts';
import { field, resource } from '../../../lib/versioning/resource.ts';
import { nullable } from '../../../lib/versioning/schema.ts';
import { bodyField } from '../../../lib/versioning/shape.ts';
import type { Credential } from '../../../objects/identity.ts';
import { envelope } from '../../pipeline/answer.ts';
import { done, ok, route } from '../../pipeline/route.ts';
import type { IdentityFaceDeps as Deps } from './deps.ts';
import { id, longName, nullableId, selfLink } from './fields.ts';
import { listAnswer, onlyKnown, paging, wanted, wholeList } from './lists.ts';

const credentialView = resource<Credential>()('credential', {
  id: field(t.String(), (credential) => credential.id),
  type: field(t.String(), (credential) => credential.type),
  blob: field(t.String(), (credential) => credential.blob),
  user_id: field(t.String(), (credential) => credential.userId),
  project_id: field(nullable(t.String()), (credential) => credential.projectId),
  links: selfLink('credentials'),
});

const blob = t.String({ minLength: 1, maxLength: 65_536 });
const fields = { user_id: bodyField({ type: id }), project_id: bodyField({ type: nullableId }) };
const createBody = requestBody('credential', {
  ...fields,
  type: bodyField({ type: longName, required: true }),
  blob: bodyField({ type: blob, required: true }),
});
const updateBody = requestBody('credential', { ...fields, type: bodyField({ type: longName }), blob: bodyField({ type: blob }) });

/** /v3/credentials */
export const credentialRoutes = [
  route({
    method: 'GET',
    path: '/credentials',
    summary: 'List the credentials of a user.',
    query: queryParams({ ...paging, user_id: wanted, type: wanted }, onlyKnown),
    status: 200,
    answers: listAnswer('credentials', credentialView),
    handle: async (req, { admin }: Deps) => {
      const { user_id: userId, type } = req.query;
      return ok(wholeList(req, await admin.credentials.list(req.ctx, { userId, type })));
    },
  }),
  route({
    method: 'POST',
    path: '/credentials',
    summary: 'Keep a credential.',
    body: createBody,
    status: 201,
    answers: envelope('credential', credentialView),
    handle: async ({ ctx, body }, { admin }: Deps) => {
      const { type, blob: held, user_id: userId = ctx.userId ?? '', project_id: projectId = null } = body;
      return ok(await admin.credentials.create(ctx, { type, blob: held, userId, projectId }));
    },
  }),
  route({
    method: 'GET',
    path: '/credentials/{id}',
    summary: 'Show a credential.',
    status: 200,
    answers: envelope('credential', credentialView),
    handle: async ({ ctx, params }, { admin }: Deps) => ok(await admin.credentials.show(ctx, params.id)),
  }),
  route({
    method: 'PATCH',
    path: '/credentials/{id}',
    summary: 'Change a credential.',
    body: updateBody,
    status: 200,
    answers: envelope('credential', credentialView),
    handle: async ({ ctx, params, body }, { admin }: Deps) => {
      const { type, blob: held, user_id: userId, project_id: projectId } = body;
      return ok(await admin.credentials.update(ctx, params.id, { type, blob: held, userId, projectId }));
    },
  }),
  route({
    method: 'DELETE',
    path: '/credentials/{id}',
    summary: 'Delete a credential.',
    status: 204,
    handle: async ({ ctx, params }, { admin }: Deps) => {
      await admin.credentials.delete(ctx, params.id);
      return done();
    },
  }),
];
