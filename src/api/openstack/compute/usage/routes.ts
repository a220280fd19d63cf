/** Usage of projects: os-simple-tenant-usage, in pages since 2.40 (reference: rest bodies). */
import { type TSchema, Type as t } from '@sinclair/typebox';
import type { ProjectUsage, ServerUsage } from '../../../../compute/fleet/usage-api.ts';
import { live, perVersion } from '../../../../lib/versioning/microversion.ts';
import { param, queryParams } from '../../../../lib/versioning/query-params.ts';
import { nullable, strictObject } from '../../../../lib/versioning/schema.ts';
import { InvalidInput } from '../../../../lib/versioning/validation.ts';
import { v } from '../../../../microversions.ts';
import type { Answer } from '../../../pipeline/answer.ts';
import { pageSize } from '../../../pipeline/list.ts';
import { type ApiRequest, ok, route } from '../../../pipeline/route.ts';
import type { ComputeFaceDeps } from '../deps.ts';
import { pageOf, pagingIn } from '../paging.ts';
import { microseconds } from '../wire.ts';

type Deps = ComputeFaceDeps;

const paged = { since: v.usagePaging };

/** A time in the query: ISO 8601 without a zone, also with a blank in place of the T. */
const FORM = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}:\d{2}(\.\d{1,6})?)?$/;

function timeIn(text: string): Date {
  const at = new Date(FORM.test(text) ? `${text.replace(' ', 'T').padEnd(11, 'T').padEnd(19, '00:00:00')}Z` : Number.NaN);
  if (Number.isNaN(at.getTime())) throw InvalidInput({ message: `Invalid time string: ${text}` });
  return at;
}

const times = { start: param({ read: timeIn }), end: param({ read: timeIn }) };
const query = queryParams({ ...times, detailed: param(), ...pagingIn(paged) }, { strict: { since: v.strictKeys } });

const serverUsage = strictObject({
  instance_id: t.String({ format: 'uuid' }),
  name: t.String(),
  tenant_id: t.String(),
  hours: t.Number(),
  flavor: t.String(),
  vcpus: t.Integer(),
  memory_mb: t.Integer(),
  local_gb: t.Integer(),
  started_at: t.String(),
  ended_at: nullable(t.String()),
  state: t.String(),
  uptime: t.Integer(),
});

const usage = strictObject({
  tenant_id: t.String(),
  start: t.String(),
  stop: t.String(),
  total_hours: t.Number(),
  total_vcpus_usage: t.Number(),
  total_memory_mb_usage: t.Number(),
  total_local_gb_usage: t.Number(),
  server_usages: t.Optional(t.Array(serverUsage)),
});

const nextLink = t.Array(strictObject({ rel: t.Literal('next'), href: t.String() }));

const shownServer = (server: ServerUsage) => ({
  instance_id: server.id,
  name: server.name,
  tenant_id: server.projectId,
  hours: server.hours,
  flavor: server.flavorName,
  vcpus: server.vcpus,
  memory_mb: server.memoryMb,
  local_gb: server.localGb,
  started_at: microseconds(server.launchedAt),
  ended_at: server.terminatedAt && microseconds(server.terminatedAt),
  state: server.terminatedAt === null ? server.vmState : 'terminated',
  uptime: server.uptimeSeconds,
});

function shown({ projectId, start, end, servers }: ProjectUsage, inDetail: boolean) {
  const total = (of: (server: ServerUsage) => number) => servers.reduce((sum, server) => sum + of(server) * server.hours, 0);
  return {
    tenant_id: projectId,
    start: microseconds(start),
    stop: microseconds(end),
    total_hours: total(() => 1),
    total_vcpus_usage: total(({ vcpus }) => vcpus),
    total_memory_mb_usage: total(({ memoryMb }) => memoryMb),
    total_local_gb_usage: total(({ localGb }) => localGb),
    ...(inDetail ? { server_usages: servers.map(shownServer) } : {}),
  };
}

/** The size of a page, at versions that have pages. */
const sizeOf = ({ query: asked, at }: Pick<ApiRequest<unknown, { limit?: number }>, 'query' | 'at'>, { maxLimit }: Deps) =>
  at(v.usagePaging) ? pageSize(asked.limit, { longest: maxLimit, zero: 'longest' }) : undefined;

/** The link to the next page, where this one is full. */
function nextOf(req: Pick<ApiRequest, 'url' | 'rawQuery'>, servers: readonly { readonly id: string }[], size?: number) {
  const next = size === undefined ? undefined : pageOf(servers, size, req, ({ id }) => id).next;
  return next === undefined ? undefined : [{ rel: 'next' as const, href: next }];
}

/** An answer with a link beside it, at versions with pages. */
const linked = (name: string, type: TSchema, links: string): Answer<object> => ({
  schemaAt: perVersion((at) => {
    const beside = live(paged, at) ? { [links]: t.Optional(nextLink) } : {};
    return t.Object({ [name]: type, ...beside }, { additionalProperties: false });
  }),
  render: (value) => value,
});

const listUsage = route({
  method: 'GET',
  path: '/os-simple-tenant-usage',
  summary: 'List the usage of every project.',
  query,
  status: 200,
  answers: linked('tenant_usages', t.Array(usage), 'tenant_usages_links'),
  handle: async (req, deps: Deps) => {
    const { start, end, detailed, marker } = req.query;
    const size = sizeOf(req, deps);
    const { usages, servers } = await deps.usage.list(req.ctx, { start, end }, { limit: size, marker });
    const links = nextOf(req, servers, size);
    return ok({ tenant_usages: usages.map((one) => shown(one, detailed === '1')), ...(links && { tenant_usages_links: links }) });
  },
});

const showUsage = route({
  method: 'GET',
  path: '/os-simple-tenant-usage/{id}',
  summary: 'Show the usage of a project, server by server.',
  query: queryParams({ ...times, ...pagingIn(paged) }, { strict: { since: v.strictKeys } }),
  status: 200,
  answers: linked('tenant_usage', t.Union([usage, t.Object({}, { additionalProperties: false })]), 'tenant_usage_links'),
  handle: async (req, deps: Deps) => {
    const { start, end, marker } = req.query;
    const size = sizeOf(req, deps);
    const { usages, servers } = await deps.usage.show(req.ctx, req.params.id, { start, end }, { limit: size, marker });
    const links = nextOf(req, servers, size);
    const [only] = usages;
    return ok({ tenant_usage: only ? shown(only, true) : {}, ...(links && { tenant_usage_links: links }) });
  },
});

/** Usage of projects. */
export const usageRoutes = [listUsage, showUsage];
