import { Type as t } from '@sinclair/typebox';
import { queryParams } from '../../../../lib/versioning/query-params.ts';
import { strictObject } from '../../../../lib/versioning/schema.ts';
import { v } from '../../../../microversions.ts';
import { exactly } from '../../../pipeline/answer.ts';
import { actionRoute, done, ok, route } from '../../../pipeline/route.ts';
import { groupsIn, securityGroup } from '../security-group-view.ts';
import type { ServerFaceDeps } from './deps.ts';

type Deps = ServerFaceDeps;

const securityGroups = strictObject({ security_groups: t.Array(securityGroup) });

const named = strictObject({ name: t.String({ minLength: 1 }) });

/** The security groups of a server's ports. */
export const securityGroupRoutes = [
  route({
    method: 'GET',
    path: '/servers/{id}/os-security-groups',
    summary: 'List the security groups of a server.',
    query: queryParams({}, { strict: { since: v.flavorNameFilter } }),
    status: 200,
    answers: exactly(securityGroups),
    handle: async ({ ctx, params }, { serverPorts }: Deps) => ok({ security_groups: groupsIn(await serverPorts.groups(ctx, params.id)) }),
  }),
  actionRoute({
    key: 'addSecurityGroup',
    summary: 'Add a security group to the ports of a server.',
    body: named,
    status: 202,
    handle: async ({ ctx, params, body }, { serverPorts }: Deps) => {
      await serverPorts.addGroup(ctx, params.id, body.name);
      return done();
    },
  }),
  actionRoute({
    key: 'removeSecurityGroup',
    summary: 'Remove a security group from the ports of a server.',
    body: named,
    status: 202,
    handle: async ({ ctx, params, body }, { serverPorts }: Deps) => {
      await serverPorts.removeGroup(ctx, params.id, body.name);
      return done();
    },
  }),
];
