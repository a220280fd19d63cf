/** Networks that administrators made, gave to projects and took back, until compute left networks to the network service. */
import { Type as t } from '@sinclair/typebox';
import { bodyObject } from '../../../../lib/versioning/body-object.ts';
import { plainBody, requestBody } from '../../../../lib/versioning/request-body.ts';
import { nullable } from '../../../../lib/versioning/schema.ts';
import { bodyField } from '../../../../lib/versioning/shape.ts';
import { v } from '../../../../microversions.ts';
import { envelope } from '../../../pipeline/answer.ts';
import { actionRoute, done, ok, route } from '../../../pipeline/route.ts';
import type { ComputeFaceDeps } from '../deps.ts';
import { networkView } from './networks.ts';

type Deps = ComputeFaceDeps;

const window = { until: v.noProxies };
const text = (format: string) => bodyField({ type: t.String({ format }) });
const flag = bodyField({ type: t.Boolean() });

const newNetwork = requestBody(
  'network',
  {
    label: bodyField({ type: t.String({ minLength: 1, maxLength: 255 }), required: true }),
    cidr: text('cidr'),
    cidr_v6: text('cidr'),
    project_id: bodyField({ type: t.String({ minLength: 1, maxLength: 255 }) }),
    gateway: text('ipv4'),
    gateway_v6: text('ipv6'),
    dns1: text('ip'),
    dns2: text('ip'),
    allowed_start: text('ip'),
    allowed_end: text('ip'),
    mtu: bodyField({ type: t.Integer({ minimum: 68, maximum: 65_536 }) }),
    enable_dhcp: flag,
    dhcp_server: text('ip'),
    share_address: flag,
    multi_host: flag,
  },
  {
    keywords: {
      oneOf: [{ required: ['cidr'] }, { required: ['cidr_v6'] }],
      dependentRequired: { allowed_start: ['allowed_end'], allowed_end: ['allowed_start'] },
    },
  },
);

const added = plainBody(bodyObject({ id: bodyField({ type: t.String({ format: 'uuid' }), required: true }) }));

const action = (key: string) => ({ ...window, key, path: '/os-networks/{id}/action', status: 202 }) as const;

/** Changes of networks by administrators. */
export const providedNetworkRoutes = [
  route({
    ...window,
    method: 'POST',
    path: '/os-networks',
    summary: 'Make a network with a subnet, for a project or for all.',
    body: newNetwork,
    status: 200,
    answers: envelope('network', networkView),
    handle: async ({ ctx, body }, { networkProxy }: Deps) => {
      const { label, cidr, cidr_v6: cidrV6, project_id: projectId, gateway, gateway_v6: gatewayV6 } = body;
      const { dns1, dns2, allowed_start: start, allowed_end: end, mtu, enable_dhcp: enableDhcp } = body;
      const { dhcp_server: dhcpServer, share_address: sharesAddress, multi_host: isOnEveryHost } = body;
      const gatewayIp = cidr === undefined ? gatewayV6 : gateway;
      const subnet = {
        cidr: cidr ?? cidrV6 ?? '',
        dnsNameservers: [dns1, dns2].filter((server) => server !== undefined),
        ...(gatewayIp !== undefined && { gatewayIp }),
        ...(start !== undefined && end !== undefined && { allocationPools: [{ start, end }] }),
        ...(enableDhcp !== undefined && { enableDhcp }),
      };
      return ok(
        await networkProxy.provide(ctx, {
          label,
          subnet,
          ...(projectId !== undefined && { projectId }),
          ...(mtu !== undefined && { mtu }),
          serving: { dhcpServer, sharesAddress, isOnEveryHost },
        }),
      );
    },
  }),
  route({
    ...window,
    method: 'POST',
    path: '/os-networks/add',
    summary: "Make a network that all projects use the caller's project's alone.",
    body: added,
    status: 202,
    handle: async ({ ctx, body }, { networkProxy }: Deps) => {
      await networkProxy.take(ctx, body.id);
      return done();
    },
  }),
  ...(['disassociate', 'disassociate_project'] as const).map((key) =>
    actionRoute({
      ...action(key),
      summary: 'Let all projects use the network of one.',
      body: nullable(t.Unknown()),
      handle: async ({ ctx, params }, { networkProxy }: Deps) => {
        await networkProxy.release(ctx, params.id);
        return done();
      },
    }),
  ),
  ...(['associate_host', 'disassociate_host'] as const).map((key) =>
    actionRoute({
      ...action(key),
      summary: 'Not supported: every host carries every network.',
      body: nullable(t.Unknown()),
      handle: async ({ ctx, params }, { networkProxy }: Deps) => await networkProxy.bindToHost(ctx, params.id),
    }),
  ),
];
