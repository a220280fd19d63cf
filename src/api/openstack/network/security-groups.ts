import { Type as t } from '@sinclair/typebox';
import { requestBody } from '../../../lib/versioning/request-body.ts';
import { embeddedList, field, resource } from '../../../lib/versioning/resource.ts';
import type { GroupChanges, NewGroup } from '../../../network/api/groups.ts';
import type { SecurityGroup } from '../../../objects/network.ts';
import { done, ok, route } from '../../pipeline/route.ts';
import { converted } from './converted.ts';
import type { NetworkFaceDeps as Deps } from './deps.ts';
import { keptFields, ownerFields, ownerIn, saidFields, tagFields, tagsToSet } from './fields.ts';
import { given } from './given.ts';
import { expectingOf } from './if-match.ts';
import { fieldsQuery, listQuery } from './list-query.ts';
import { ruleView } from './security-group-rules.ts';
import { pageFor, shown, shownPage } from './shown.ts';

const groupView = resource<SecurityGroup>()('security group', {
  ...keptFields,
  name: field(t.String(), (group) => group.name),
  security_group_rules: embeddedList(ruleView, (group) => group.rules),
  shared: field(t.Boolean(), (group) => group.isShared),
  stateful: field(t.Boolean(), () => true),
  ...tagFields,
});

const createBody = converted(requestBody('security_group', { ...saidFields, ...ownerFields, ...tagsToSet }));
const updateBody = converted(requestBody('security_group', saidFields));

/** /v2.0/security-groups */
export const groupRoutes = [
  route({
    method: 'GET',
    path: '/v2.0/security-groups',
    summary: 'List security groups.',
    query: listQuery,
    status: 200,
    answers: shownPage('security_groups', groupView),
    handle: async (req, { network }: Deps) => ok(pageFor(req, await network.groups.list(req.ctx, req.query))),
  }),
  route({
    method: 'POST',
    path: '/v2.0/security-groups',
    summary: 'Create a security group.',
    body: createBody,
    status: 201,
    answers: shown('security_group', groupView),
    handle: async ({ ctx, body }, { network }: Deps) => {
      const group = given<NewGroup>({ name: body.name, description: body.description, projectId: ownerIn(body), tags: body.tags });
      return ok({ value: await network.groups.create(ctx, group) });
    },
  }),
  route({
    method: 'GET',
    path: '/v2.0/security-groups/{id}',
    summary: 'Show a security group.',
    query: fieldsQuery,
    status: 200,
    answers: shown('security_group', groupView),
    handle: async ({ ctx, params, query }, { network }: Deps) => ok({ ...query, value: await network.groups.show(ctx, params.id) }),
  }),
  route({
    method: 'PUT',
    path: '/v2.0/security-groups/{id}',
    summary: 'Change a security group.',
    body: updateBody,
    status: 200,
    answers: shown('security_group', groupView),
    handle: async ({ ctx, params, body, headers }, { network }: Deps) => {
      const changes = given<GroupChanges>({ name: body.name, description: body.description });
      return ok({ value: await network.groups.update(ctx, params.id, changes, expectingOf({ headers })) });
    },
  }),
  route({
    method: 'DELETE',
    path: '/v2.0/security-groups/{id}',
    summary: 'Delete a security group that no port uses.',
    status: 204,
    handle: async ({ ctx, params, headers }, { network }: Deps) => {
      await network.groups.delete(ctx, params.id, expectingOf({ headers }));
      return done();
    },
  }),
];
