import { Type as t } from '@sinclair/typebox';
import { queryParams } from '../../../lib/versioning/query-params.ts';
import { requestBody } from '../../../lib/versioning/request-body.ts';
import { field, omit, resource } from '../../../lib/versioning/resource.ts';
import { nullable } from '../../../lib/versioning/schema.ts';
import { bodyField } from '../../../lib/versioning/shape.ts';
import type { User } from '../../../objects/identity.ts';
import { envelope } from '../../pipeline/answer.ts';
import { done, ok, route } from '../../pipeline/route.ts';
import type { IdentityFaceDeps as Deps } from './deps.ts';
import { showingExtra, withExtra } from './extra.ts';
import { refuseUserOptions, userOptions } from './user-options.ts';
import { id, longName, nullableId, nullableText, password, selfLink } from './fields.ts';
import { flag, listAnswer, listed, onlyKnown, pageIn, paging, wanted } from './lists.ts';
import { nameFilterOf, nameParams } from './name-filters.ts';

const knownView = resource<User>()('user', {
  id: field(t.String(), (user) => user.id),
  name: field(t.String(), (user) => user.name),
  domain_id: field(t.String(), (user) => user.domainId),
  enabled: field(t.Boolean(), (user) => user.enabled),
  // Keystone leaves out fields without a value.
  default_project_id: field(t.Optional(t.String()), (user) => user.defaultProjectId ?? omit),
  email: field(t.Optional(t.String()), (user) => user.email ?? omit),
  description: field(t.Optional(t.String()), (user) => user.description ?? omit),
  password_expires_at: field(t.Null(), () => null),
  options: field(t.Object({}), () => ({})),
  links: selfLink('users'),
});
const userView = showingExtra(knownView);

const fields = {
  domain_id: bodyField({ type: id }),
  default_project_id: bodyField({ type: nullableId }),
  email: bodyField({ type: nullableText }),
  description: bodyField({ type: nullableText }),
  enabled: bodyField({ type: t.Boolean() }),
  password: bodyField({ type: nullable(password) }),
  options: bodyField({ type: userOptions }),
};
/** Extra fields that may hold a password are neither stored nor shown. */
const known = [...Object.keys(fields), 'name', 'original_password', 'password_hash'];
const createBody = withExtra(requestBody('user', { ...fields, name: bodyField({ type: longName, required: true }) }), known);
const updateBody = withExtra(requestBody('user', { ...fields, name: bodyField({ type: longName }) }), known);
const passwordBody = requestBody('user', {
  original_password: bodyField({ type: password, required: true }),
  password: bodyField({ type: password, required: true }),
});

type Body = ReturnType<typeof updateBody.parse>;

const changesOf = ({ domain_id, default_project_id, email, description, enabled, password: secret, options, extra }: Body) => {
  refuseUserOptions(options);
  return {
    domainId: domain_id,
    defaultProjectId: default_project_id,
    email,
    description,
    enabled,
    password: secret,
    extra,
  };
};

const listQuery = queryParams(
  {
    ...paging,
    ...nameParams,
    domain_id: wanted,
    enabled: flag,
    default_project_id: wanted,
    idp_id: wanted,
    protocol_id: wanted,
    unique_id: wanted,
    password_expires_at: wanted,
  },
  onlyKnown,
);

/** Filters that no user matches: there is no federation, and passwords do not expire. */
const NEVER = ['idp_id', 'protocol_id', 'unique_id', 'password_expires_at'] as const;

const filterOf = ({ domain_id, enabled, default_project_id, ...names }: ReturnType<typeof listQuery.parse>) => ({
  ...nameFilterOf(names),
  domainId: domain_id,
  enabled,
  defaultProjectId: default_project_id,
});

/** /v3/users */
export const userRoutes = [
  route({
    method: 'GET',
    path: '/users',
    summary: 'List users.',
    query: listQuery,
    status: 200,
    answers: listAnswer('users', userView),
    handle: async (req, { admin }: Deps) => {
      const found = await admin.users.list(req.ctx, filterOf(req.query), pageIn(req.query));
      return ok(listed(req, NEVER.some((name) => req.query[name] !== undefined) ? [] : found));
    },
  }),
  route({
    method: 'POST',
    path: '/users',
    summary: 'Create a user.',
    body: createBody,
    status: 201,
    answers: envelope('user', userView),
    handle: async ({ ctx, body }, { admin }: Deps) => ok(await admin.users.create(ctx, { ...changesOf(body), name: body.name })),
  }),
  route({
    method: 'GET',
    path: '/users/{id}',
    summary: 'Show a user.',
    status: 200,
    answers: envelope('user', userView),
    handle: async ({ ctx, params }, { admin }: Deps) => ok(await admin.users.show(ctx, params.id)),
  }),
  route({
    method: 'PATCH',
    path: '/users/{id}',
    summary: 'Change a user.',
    body: updateBody,
    status: 200,
    answers: envelope('user', userView),
    handle: async ({ ctx, params, body }, { admin }: Deps) =>
      ok(await admin.users.update(ctx, params.id, { ...changesOf(body), name: body.name })),
  }),
  route({
    method: 'DELETE',
    path: '/users/{id}',
    summary: 'Delete a user.',
    status: 204,
    handle: async ({ ctx, params }, { admin }: Deps) => {
      await admin.users.delete(ctx, params.id);
      return done();
    },
  }),
  route({
    method: 'POST',
    path: '/users/{id}/password',
    summary: "Change one's own password.",
    body: passwordBody,
    status: 204,
    handle: async ({ ctx, params, body, remoteAddress }, { admin }: Deps) => {
      await admin.users.changePassword(ctx, params.id, { from: body.original_password, to: body.password, address: remoteAddress });
      return done();
    },
  }),
];
