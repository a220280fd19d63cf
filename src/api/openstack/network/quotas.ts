import { Type as t } from '@sinclair/typebox';
import { requestBody } from '../../../lib/versioning/request-body.ts';
import { type Resource, resource, field } from '../../../lib/versioning/resource.ts';
import { bodyField } from '../../../lib/versioning/shape.ts';
import {
  type LimitChanges,
  type NetworkLimits,
  type NetworkQuotaName,
  networkQuotaNames,
  perQuota,
  type ProjectLimits,
} from '../../../network/api/quotas.ts';
import { envelope, exactly } from '../../pipeline/answer.ts';
import { list } from '../../pipeline/list.ts';
import { done, ok, route } from '../../pipeline/route.ts';
import { converted } from './converted.ts';
import type { NetworkFaceDeps as Deps } from './deps.ts';
import { projectOf } from './project-in-path.ts';

const shownLimit = (name: NetworkQuotaName) => field(t.Integer(), ({ limits }: ProjectLimits) => limits[name]);

const limitFields = perQuota(shownLimit);
const quotaView = resource<ProjectLimits>()('quota', limitFields);
const quotaOfProjectView = resource<ProjectLimits>()('quota of a project', {
  ...limitFields,
  tenant_id: field(t.String(), ({ projectId }) => projectId),
  project_id: field(t.String(), ({ projectId }) => projectId),
});

type Detailed = ProjectLimits & { readonly used: NetworkLimits };

/** Reserved is always 0: usage counts existing resources. */
const shownDetail = (name: NetworkQuotaName) =>
  field(t.Object({ limit: t.Integer(), used: t.Integer(), reserved: t.Integer() }), ({ limits, used }: Detailed) => ({
    limit: limits[name],
    used: used[name],
    reserved: 0,
  }));
const detailView: Resource<Detailed> = resource<Detailed>()('quota with usage', perQuota(shownDetail));

const limit = bodyField({ type: t.Integer({ minimum: -1, maximum: 2 ** 31 - 1 }) });
const updateBody = converted(
  requestBody('quota', {
    ...perQuota(() => limit),
    check_limit: bodyField({ type: t.Boolean() }),
    // Clients send it as the opposite of the previous field, which is the default anyway.
    force: bodyField({ type: t.Boolean() }),
    // Clients send the whole quota set back.
    tenant_id: bodyField({ type: t.String({ maxLength: 255 }) }),
    project_id: bodyField({ type: t.String({ maxLength: 255 }) }),
  }),
);

function changesOf(body: ReturnType<typeof updateBody.parse>): LimitChanges {
  const said = networkQuotaNames.flatMap((name) => (body[name] === undefined ? [] : [[name, body[name]] as const]));
  return { limits: Object.fromEntries(said), ...(body.check_limit !== undefined && { checkLimit: body.check_limit }) };
}

/** /v2.0/quotas */
export const quotaRoutes = [
  route({
    method: 'GET',
    path: '/v2.0/quotas',
    summary: 'List the quotas of projects with their own limits.',
    status: 200,
    answers: list('quotas', quotaOfProjectView),
    handle: async ({ ctx }, { network }: Deps) => ok({ items: await network.quotas.list(ctx) }),
  }),
  route({
    method: 'GET',
    path: '/v2.0/quotas/project',
    summary: "Show the caller's project, by the present word for it.",
    status: 200,
    answers: exactly(t.Object({ project: t.Object({ project_id: t.String() }) })),
    handle: ({ ctx }) => ok({ project: { project_id: ctx.projectId ?? '' } }),
  }),
  route({
    method: 'GET',
    path: '/v2.0/quotas/tenant',
    summary: "Show the caller's project, by the old word for it.",
    status: 200,
    answers: exactly(t.Object({ tenant: t.Object({ tenant_id: t.String() }) })),
    handle: ({ ctx }) => ok({ tenant: { tenant_id: ctx.projectId ?? '' } }),
  }),
  route({
    method: 'GET',
    path: '/v2.0/quotas/{project_id}',
    summary: 'Show the quotas of a project.',
    status: 200,
    answers: envelope('quota', quotaView),
    handle: async ({ ctx, params }, { network }: Deps) => ok(await network.quotas.show(ctx, projectOf(params))),
  }),
  route({
    method: 'GET',
    path: '/v2.0/quotas/{project_id}/default',
    summary: 'Show the default quotas of a project.',
    status: 200,
    answers: envelope('quota', quotaView),
    handle: async ({ ctx, params }, { network }: Deps) => ok(await network.quotas.defaults(ctx, projectOf(params))),
  }),
  route({
    method: 'GET',
    path: '/v2.0/quotas/{project_id}/details',
    summary: 'Show the quotas and usage of a project.',
    status: 200,
    answers: envelope('quota', detailView),
    handle: async ({ ctx, params }, { network }: Deps) => ok(await network.quotas.details(ctx, projectOf(params))),
  }),
  route({
    method: 'PUT',
    path: '/v2.0/quotas/{project_id}',
    summary: 'Set the quotas of a project.',
    body: updateBody,
    status: 200,
    answers: envelope('quota', quotaView),
    handle: async ({ ctx, params, body }, { network }: Deps) => ok(await network.quotas.update(ctx, projectOf(params), changesOf(body))),
  }),
  route({
    method: 'DELETE',
    path: '/v2.0/quotas/{project_id}',
    summary: 'Reset the quotas of a project to the defaults.',
    status: 204,
    handle: async ({ ctx, params }, { network }: Deps) => {
      await network.quotas.delete(ctx, projectOf(params));
      return done();
    },
  }),
];
