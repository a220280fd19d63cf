/** Floating IPs, until clients asked the network service themselves. */
import { Type as t } from '@sinclair/typebox';
import type { AskedAddress, PooledIp } from '../../../../compute/proxies/proxied-floating-ips-api.ts';
import { bodyObject } from '../../../../lib/versioning/body-object.ts';
import { queryParams } from '../../../../lib/versioning/query-params.ts';
import { optionalBody, plainBody } from '../../../../lib/versioning/request-body.ts';
import { field, resource } from '../../../../lib/versioning/resource.ts';
import { anyOf, nullable, strictObject } from '../../../../lib/versioning/schema.ts';
import { bodyField } from '../../../../lib/versioning/shape.ts';
import { v } from '../../../../microversions.ts';
import { envelope, exactly } from '../../../pipeline/answer.ts';
import { list } from '../../../pipeline/list.ts';
import { actionRoute, done, ok, route } from '../../../pipeline/route.ts';
import type { ComputeFaceDeps } from '../deps.ts';

type Deps = ComputeFaceDeps;

const window = { until: v.noProxies };
const actionWindow = { until: v.noAddressActions };
const noQuery = queryParams({});
const textOrNull = nullable(t.String());

/** A floating IP as compute showed it. */
export const floatingIpView = resource<PooledIp>()('floating_ip', {
  id: field(t.String(), (ip) => ip.id),
  ip: field(t.String(), (ip) => ip.address),
  pool: field(t.String(), (ip) => ip.pool),
  fixed_ip: field(textOrNull, (ip) => ip.fixedIp),
  instance_id: field(textOrNull, (ip) => ip.serverId),
});

const address = anyOf(t.String({ format: 'ipv4' }), t.String({ format: 'ipv6' }));
const createBody = optionalBody(plainBody(bodyObject({ pool: bodyField({ type: nullable(t.String()) }) }, { tolerant: true })), {
  pool: undefined,
});

/** Floating IPs, their pools, and the actions of servers on them. */
export const floatingIpProxyRoutes = [
  route({
    ...window,
    method: 'GET',
    path: '/os-floating-ips',
    summary: 'List the floating IPs of the project.',
    query: noQuery,
    status: 200,
    answers: list('floating_ips', floatingIpView),
    handle: async ({ ctx }, { floatingIps }: Deps) => ok({ items: await floatingIps.list(ctx) }),
  }),
  route({
    ...window,
    method: 'POST',
    path: '/os-floating-ips',
    summary: 'Take an address of a pool.',
    body: createBody,
    status: 200,
    answers: envelope('floating_ip', floatingIpView),
    handle: async ({ ctx, body }, { floatingIps }: Deps) => ok(await floatingIps.create(ctx, body.pool ?? undefined)),
  }),
  route({
    ...window,
    method: 'GET',
    path: '/os-floating-ips/{id}',
    summary: 'Show a floating IP.',
    query: noQuery,
    status: 200,
    answers: envelope('floating_ip', floatingIpView),
    handle: async ({ ctx, params }, { floatingIps }: Deps) => ok(await floatingIps.show(ctx, params.id)),
  }),
  route({
    ...window,
    method: 'DELETE',
    path: '/os-floating-ips/{id}',
    summary: 'Give a floating IP back.',
    status: 202,
    handle: async ({ ctx, params }, { floatingIps }: Deps) => {
      await floatingIps.delete(ctx, params.id);
      return done();
    },
  }),
  route({
    ...window,
    method: 'GET',
    path: '/os-floating-ip-pools',
    summary: 'List the pools of floating IPs.',
    query: noQuery,
    status: 200,
    answers: exactly(t.Object({ floating_ip_pools: t.Array(strictObject({ name: t.String() })) })),
    handle: async ({ ctx }, { floatingIps }: Deps) => ok({ floating_ip_pools: (await floatingIps.pools(ctx)).map((name) => ({ name })) }),
  }),
  actionRoute({
    ...actionWindow,
    key: 'addFloatingIp',
    summary: 'Lead a floating IP to a server.',
    body: strictObject({ address, fixed_address: t.Optional(address) }),
    status: 202,
    handle: async ({ ctx, params, body }, { floatingIps }: Deps) => {
      const asked: AskedAddress = { address: body.address, ...(body.fixed_address !== undefined && { fixedAddress: body.fixed_address }) };
      await floatingIps.add(ctx, params.id, asked);
      return done();
    },
  }),
  actionRoute({
    ...actionWindow,
    key: 'removeFloatingIp',
    summary: 'Lead a floating IP of a server nowhere.',
    body: strictObject({ address }),
    status: 202,
    handle: async ({ ctx, params, body }, { floatingIps }: Deps) => {
      await floatingIps.remove(ctx, params.id, body.address);
      return done();
    },
  }),
];
