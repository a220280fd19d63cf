import { Type as t } from '@sinclair/typebox';
import { requestBody } from '../../../lib/versioning/request-body.ts';
import { embeddedList, field, resource } from '../../../lib/versioning/resource.ts';
import type { GroupChanges, GroupsApi } from '../../../network/api/groups.ts';
import type { SecurityGroup } from '../../../objects/network.ts';
import { done, ok, route } from '../../pipeline/route.ts';
import { converted } from './converted.ts';
import type { NetworkFaceDeps as Deps } from './deps.ts';
import { keptFields, ownerFields, ownerIn, saidFields } from './fields.ts';
import { given } from './given.ts';
import { fieldsQuery, listQuery } from './list-query.ts';
import { ruleView } from './security-group-rules.ts';
import { pageFor, shown, shownPage } from './shown.ts';

const groupView = resource<SecurityGroup>()('security group', {
  ...keptFields,
  name: field(t.String(), (group) => group.name),
  security_group_rules: embeddedList(ruleView, (group) => group.rules),
  stateful: field(t.Boolean(), () => true),
  tags: field(t.Array(t.String()), () => []),
});

const createBody = converted(requestBody('security_group', { ...saidFields, ...ownerFields }));
const updateBody = converted(requestBody('security_group', saidFields));

type NewGroup = Parameters<GroupsApi['create']>[1];

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
      const group = given<NewGroup>({ name: body.name, description: body.description, projectId: ownerIn(body) });
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
    handle: async ({ ctx, params, body }, { network }: Deps) => {
      const changes = given<GroupChanges>({ name: body.name, description: body.description });
      return ok({ value: await network.groups.update(ctx, params.id, changes) });
    },
  }),
  route({
    method: 'DELETE',
    path: '/v2.0/security-groups/{id}',
    summary: 'Delete a security group that no port uses.',
    status: 204,
    handle: async ({ ctx, params }, { network }: Deps) => {
      await network.groups.delete(ctx, params.id);
      return done();
    },
  }),
];
