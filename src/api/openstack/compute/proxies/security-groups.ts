/** Security groups and rules, until clients asked the network service themselves. */
import { type Static, Type as t } from '@sinclair/typebox';
import { param, queryParams } from '../../../../lib/versioning/query-params.ts';
import { requestBody } from '../../../../lib/versioning/request-body.ts';
import { nullable, strictObject } from '../../../../lib/versioning/schema.ts';
import { bodyField } from '../../../../lib/versioning/shape.ts';
import { v } from '../../../../microversions.ts';
import type { GroupsOfServer } from '../../../../network/server-networking.ts';
import { isYes } from '../../../../operations/wire/words.ts';
import { exactly } from '../../../pipeline/answer.ts';
import { pageSize } from '../../../pipeline/list.ts';
import { done, ok, route } from '../../../pipeline/route.ts';
import type { ComputeFaceDeps } from '../deps.ts';
import { offsetPaging } from '../paging.ts';
import { groupsIn, ruleIn, securityGroup, securityGroupRule } from '../security-group-view.ts';

type Deps = ComputeFaceDeps;

const window = { until: v.noProxies };
const noQuery = queryParams({});

const texts = {
  name: bodyField({ type: t.String({ maxLength: 255 }), required: true }),
  description: bodyField({ type: t.String({ maxLength: 255 }), required: true }),
};
const body = requestBody('security_group', texts, { tolerant: true });

const one = exactly(strictObject({ security_group: securityGroup }));
const oneOf = (found: GroupsOfServer) => {
  const [group] = groupsIn(found);
  // Every answer about one group has one.
  return ok({ security_group: group as Static<typeof securityGroup> });
};

const anything = bodyField({ type: t.Unknown() });
const rule = requestBody(
  'security_group_rule',
  {
    parent_group_id: bodyField({ type: t.String({ format: 'uuid' }), required: true }),
    group_id: bodyField({ type: nullable(t.String({ format: 'uuid' })) }),
    ip_protocol: anything,
    from_port: anything,
    to_port: anything,
    cidr: anything,
  },
  { tolerant: true },
);

/** Security groups and their rules. */
export const securityGroupProxyRoutes = [
  route({
    ...window,
    method: 'GET',
    path: '/os-security-groups',
    summary: 'List the security groups of the project.',
    query: queryParams({ ...offsetPaging, all_tenants: param() }),
    status: 200,
    answers: exactly(strictObject({ security_groups: t.Array(securityGroup) })),
    handle: async ({ ctx, query }, { securityGroups, maxLimit }: Deps) => {
      const { limit, offset = 0, all_tenants } = query;
      const listing = { ofAllProjects: isYes(all_tenants), offset, limit: pageSize(limit, { longest: maxLimit, zero: 'longest' }) };
      return ok({ security_groups: groupsIn(await securityGroups.list(ctx, listing)) });
    },
  }),
  route({
    ...window,
    method: 'POST',
    path: '/os-security-groups',
    summary: 'Create a security group.',
    body,
    status: 200,
    answers: one,
    handle: async (req, { securityGroups }: Deps) => oneOf(await securityGroups.create(req.ctx, req.body)),
  }),
  route({
    ...window,
    method: 'GET',
    path: '/os-security-groups/{id}',
    summary: 'Show a security group.',
    query: noQuery,
    status: 200,
    answers: one,
    handle: async ({ ctx, params }, { securityGroups }: Deps) => oneOf(await securityGroups.show(ctx, params.id)),
  }),
  route({
    ...window,
    method: 'PUT',
    path: '/os-security-groups/{id}',
    summary: 'Change the name and description of a security group.',
    body,
    status: 200,
    answers: one,
    handle: async (req, { securityGroups }: Deps) => oneOf(await securityGroups.update(req.ctx, req.params.id, req.body)),
  }),
  route({
    ...window,
    method: 'DELETE',
    path: '/os-security-groups/{id}',
    summary: 'Delete a security group.',
    status: 202,
    handle: async ({ ctx, params }, { securityGroups }: Deps) => {
      await securityGroups.delete(ctx, params.id);
      return done();
    },
  }),
  route({
    ...window,
    method: 'POST',
    path: '/os-security-group-rules',
    summary: 'Add an incoming rule to a security group.',
    body: rule,
    status: 200,
    answers: exactly(strictObject({ security_group_rule: securityGroupRule })),
    handle: async (req, { securityGroups }: Deps) => {
      const { parent_group_id: parentGroupId, group_id: groupId, ip_protocol: protocol, from_port, to_port, cidr } = req.body;
      const asked = { parentGroupId, groupId, protocol, fromPort: from_port, toPort: to_port, cidr };
      const { rule: made, remotes } = await securityGroups.createRule(req.ctx, asked);
      return ok({ security_group_rule: ruleIn(made, remotes) });
    },
  }),
  route({
    ...window,
    method: 'DELETE',
    path: '/os-security-group-rules/{id}',
    summary: 'Remove a rule from its security group.',
    status: 202,
    handle: async ({ ctx, params }, { securityGroups }: Deps) => {
      await securityGroups.deleteRule(ctx, params.id);
      return done();
    },
  }),
];
