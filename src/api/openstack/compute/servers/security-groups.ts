import { type Static, Type as t } from '@sinclair/typebox';
import { queryParams } from '../../../../lib/versioning/query-params.ts';
import { nullable, strictObject } from '../../../../lib/versioning/schema.ts';
import { v } from '../../../../microversions.ts';
import type { GroupsOfServer } from '../../../../network/server-networking.ts';
import type { SecurityGroupRule } from '../../../../objects/network.ts';
import { exactly } from '../../../pipeline/answer.ts';
import { actionRoute, done, ok, route } from '../../../pipeline/route.ts';
import type { ServerFaceDeps } from './deps.ts';

type Deps = ServerFaceDeps;

const port = nullable(t.Integer({ minimum: -1 }));

const rule = strictObject({
  id: t.String({ format: 'uuid' }),
  parent_group_id: t.String({ format: 'uuid' }),
  ip_protocol: nullable(t.String()),
  from_port: port,
  to_port: port,
  group: strictObject({ name: t.Optional(t.String()), tenant_id: t.Optional(t.String()) }),
  ip_range: strictObject({ cidr: t.Optional(t.String()) }),
});

const securityGroups = strictObject({
  security_groups: t.Array(
    strictObject({
      id: t.String({ format: 'uuid' }),
      name: t.String(),
      description: t.String(),
      tenant_id: t.String(),
      rules: t.Array(rule),
    }),
  ),
});

const whole = { tcp: { from_port: 1, to_port: 65_535 }, udp: { from_port: 1, to_port: 65_535 } } as const;
const allTypes = { from_port: -1, to_port: -1 } as const;

/** A protocol without a range means all of its ports, in Nova's numbers. */
function portsOf({ protocol, portMin, portMax }: SecurityGroupRule): Pick<Static<typeof rule>, 'from_port' | 'to_port'> {
  if (protocol === null || portMin !== null || portMax !== null) return { from_port: portMin, to_port: portMax };
  return protocol === 'tcp' || protocol === 'udp' ? whole[protocol] : allTypes;
}

const everywhere = { IPv4: '0.0.0.0/0', IPv6: '::/0' } as const;

/** As Nova shows security groups: incoming rules only, a remote group by its name. */
function groupsIn({ groups, remotes }: GroupsOfServer): Static<typeof securityGroups> {
  const remoteOf = ({ remoteGroupId, remoteCidr, ethertype }: SecurityGroupRule) => {
    const remote = remotes.find(({ id }) => id === remoteGroupId);
    return remote
      ? { group: { name: remote.name, tenant_id: remote.projectId }, ip_range: {} }
      : { group: {}, ip_range: { cidr: remoteCidr ?? everywhere[ethertype] } };
  };
  return {
    security_groups: groups.map(({ id, name, description, projectId, rules }) => ({
      id,
      name,
      description,
      tenant_id: projectId,
      rules: rules
        .filter(({ direction }) => direction === 'ingress')
        .map((one) => ({ id: one.id, parent_group_id: id, ip_protocol: one.protocol, ...portsOf(one), ...remoteOf(one) })),
    })),
  };
}

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
    handle: async ({ ctx, params }, { serverPorts }: Deps) => ok(groupsIn(await serverPorts.groups(ctx, params.id))),
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
