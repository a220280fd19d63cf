import { Type as t } from '@sinclair/typebox';
import type { ServerGroupApi } from '../../../../compute/groups/server-group-api.ts';
import { param, queryParams } from '../../../../lib/versioning/query-params.ts';
import { requestBody } from '../../../../lib/versioning/request-body.ts';
import { anyOf, strictObject, stringEnum } from '../../../../lib/versioning/schema.ts';
import { bodyField, listOf, members, upgraded } from '../../../../lib/versioning/shape.ts';
import { v } from '../../../../microversions.ts';
import { asId, type ServerId } from '../../../../objects/ids.ts';
import { groupPolicies, type ServerGroup } from '../../../../objects/server-group.ts';
import { name } from '../../../../operations/wire/words.ts';
import { resourceOf } from '../resource-face.ts';
import { serverGroupView } from './view.ts';

interface Deps {
  readonly serverGroups: ServerGroupApi;
}

const { create, listByOffset, show, remove, face } = resourceOf({
  path: '/os-server-groups',
  id: 'id',
  one: 'server_group',
  many: 'server_groups',
  rules: 'os_compute_api:os-server-groups',
});

const soft = { since: v.softPolicies };
const policyNames = members({ 'anti-affinity': {}, affinity: {}, 'soft-anti-affinity': soft, 'soft-affinity': soft });

/** A list of one, in which the policy was before it had a field of its own. */
const onlyPolicy = upgraded(listOf(policyNames, { minItems: 1, maxItems: 1, uniqueItems: true }), ([policy = 'affinity']) => policy);

/** A number above nothing that a column can hold. */
const atLeastOne = anyOf(t.Integer({ minimum: 1, maximum: 2_147_483_647 }), t.String({ pattern: '^[0-9]*[1-9][0-9]*$', maxLength: 9 }));

const rules = strictObject({ max_server_per_host: t.Optional(atLeastOne) });

const createBody = requestBody('server_group', {
  name: bodyField({ type: name, required: true }),
  policies: bodyField({ type: onlyPolicy, required: true, until: v.serverGroupRules }),
  policy: bodyField({ type: stringEnum(groupPolicies), required: true, since: v.serverGroupRules }),
  rules: bodyField({ type: rules, since: v.serverGroupRules }),
});

const createGroup = create({
  summary: 'Make a group of servers with a policy on where they may be.',
  body: createBody,
  view: serverGroupView,
  run: async (
    { ctx, body: { name: called, policies, policy = policies, rules: { max_server_per_host: most } = {} } },
    { serverGroups }: Deps,
  ) =>
    await serverGroups.create(ctx, {
      name: called,
      policy: policy ?? 'affinity',
      rules: most === undefined ? {} : { maxServerPerHost: Number(most) },
    }),
});

const listGroups = listByOffset({
  summary: 'List groups of servers, oldest first.',
  query: { all_projects: param() },
  strict: { since: v.strictKeys },
  view: serverGroupView,
  run: async ({ ctx, query, page }, { serverGroups }: Deps) =>
    await serverGroups.list(ctx, { ...page, allProjects: query.all_projects !== undefined }),
});

const showGroup = show({
  summary: 'Show a group of servers.',
  query: queryParams({}, { strict: { since: v.flavorNameFilter } }),
  view: serverGroupView,
  run: async ({ ctx, id }, { serverGroups }: Deps) => await serverGroups.find(ctx, id),
});

const deleteGroup = remove({
  summary: 'Delete a group; its servers stay.',
  run: async ({ ctx, id }, { serverGroups }: Deps) => await serverGroups.delete(ctx, id),
});

const apart: ServerGroup = {
  id: '5bbcc3c4-1da2-4437-a48a-66f15b1b13f9',
  name: 'apart',
  policy: 'anti-affinity',
  maxServerPerHost: 3,
  members: [asId<ServerId>('616fb98f-46ca-475e-917e-2563e5a8cd19')],
  projectId: '6f70656e737461636b20342065766572',
  userId: '5e1d1b2c3d4e4f5a8b9c0d1e2f3a4b5c',
};

/** Groups of servers that shall be on one host, or on different ones. */
export const serverGroups = face({
  operations: [createGroup, listGroups, showGroup, deleteGroup],
  samples: [apart, { ...apart, policy: 'affinity', maxServerPerHost: null, members: [] }],
  thing: {
    body: (at) => ({
      server_group: { name: 'apart', ...(at.ordinal < v.serverGroupRules.ordinal ? { policies: ['affinity'] } : { policy: 'affinity' }) },
    }),
    madeBy: 'member',
    isPrivate: true,
  },
});
