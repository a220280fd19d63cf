import { Type as t } from '@sinclair/typebox';
import { queryParams } from '../../../lib/versioning/query-params.ts';
import { requestBody } from '../../../lib/versioning/request-body.ts';
import { field, resource } from '../../../lib/versioning/resource.ts';
import { nullable } from '../../../lib/versioning/schema.ts';
import { bodyField } from '../../../lib/versioning/shape.ts';
import { isBuiltIn, type Role } from '../../../objects/identity.ts';
import type { Named } from '../../../objects/principal.ts';
import { envelope, exactly } from '../../pipeline/answer.ts';
import { done, ok, route } from '../../pipeline/route.ts';
import type { IdentityFaceDeps as Deps } from './deps.ts';
import { showingExtra, withExtra } from './extra.ts';
import { longName, nullableId, nullableText, optionChanges, options, selfLink } from './fields.ts';
import { listAnswer, listed, onlyKnown, pageIn, paging, wanted } from './lists.ts';
import { nameFilterOf, nameParams } from './name-filters.ts';

const knownView = resource<Role>()('role', {
  id: field(t.String(), (role) => role.id),
  name: field(t.String(), (role) => role.name),
  domain_id: field(nullable(t.String()), (role) => role.domainId),
  description: field(t.String(), (role) => role.description),
  options: field(options, (role) => (isBuiltIn(role) ? { immutable: true } : role.options)),
  links: selfLink('roles'),
});

/** A role as Keystone shows it. */
export const roleView = showingExtra(knownView);

const fields = {
  description: bodyField({ type: nullableText }),
  domain_id: bodyField({ type: nullableId }),
  options: bodyField({ type: optionChanges }),
};
const known = [...Object.keys(fields), 'name'];
const createBody = withExtra(requestBody('role', { ...fields, name: bodyField({ type: longName, required: true }) }), known);
const updateBody = withExtra(requestBody('role', { ...fields, name: bodyField({ type: longName }) }), known);

const changesOf = ({ description, domain_id, ...others }: ReturnType<typeof updateBody.parse>) => ({
  ...others,
  description: description ?? undefined,
  domainId: domain_id,
});

const named = t.Object({ id: t.String(), name: t.String() });
const inference = t.Object({ prior_role: named, implies: t.Array(named) });
const inferenceOf = ({ prior, implies }: { readonly prior: Named; readonly implies: readonly Named[] }) => ({
  prior_role: { id: prior.id, name: prior.name },
  implies: implies.map(({ id, name }) => ({ id, name })),
});

/** /v3/roles, and implied roles. */
export const roleRoutes = [
  route({
    method: 'GET',
    path: '/roles',
    summary: 'List roles.',
    query: queryParams({ ...paging, ...nameParams, domain_id: wanted }, onlyKnown),
    status: 200,
    answers: listAnswer('roles', roleView),
    handle: async (req, { admin }: Deps) => {
      const found = await admin.roles.list(req.ctx, { ...nameFilterOf(req.query), domainId: req.query.domain_id }, pageIn(req.query));
      return ok(listed(req, found));
    },
  }),
  route({
    method: 'POST',
    path: '/roles',
    summary: 'Create a role.',
    body: createBody,
    status: 201,
    answers: envelope('role', roleView),
    handle: async ({ ctx, body }, { admin }: Deps) => ok(await admin.roles.create(ctx, { ...changesOf(body), name: body.name })),
  }),
  route({
    method: 'GET',
    path: '/roles/{id}',
    summary: 'Show a role.',
    status: 200,
    answers: envelope('role', roleView),
    handle: async ({ ctx, params }, { admin }: Deps) => ok(await admin.roles.show(ctx, params.id)),
  }),
  route({
    method: 'PATCH',
    path: '/roles/{id}',
    summary: 'Change a role.',
    body: updateBody,
    status: 200,
    answers: envelope('role', roleView),
    handle: async ({ ctx, params, body }, { admin }: Deps) => ok(await admin.roles.update(ctx, params.id, changesOf(body))),
  }),
  route({
    method: 'DELETE',
    path: '/roles/{id}',
    summary: 'Delete a role and all its grants.',
    status: 204,
    handle: async ({ ctx, params }, { admin }: Deps) => {
      await admin.roles.delete(ctx, params.id);
      return done();
    },
  }),
  route({
    method: 'GET',
    path: '/roles/{id}/implies',
    summary: 'List the roles that a role implies.',
    status: 200,
    answers: exactly(t.Object({ role_inference: inference })),
    handle: async ({ ctx, params }, { admin }: Deps) => ok({ role_inference: inferenceOf(await admin.roles.inferencesOf(ctx, params.id)) }),
  }),
  route({
    method: 'GET',
    path: '/role_inferences',
    summary: 'List all role implications.',
    status: 200,
    answers: exactly(t.Object({ role_inferences: t.Array(inference), links: t.Object({ self: t.String() }) })),
    handle: async ({ ctx, url }, { admin }: Deps) =>
      ok({ role_inferences: (await admin.roles.inferences(ctx)).map(inferenceOf), links: { self: url } }),
  }),
];
