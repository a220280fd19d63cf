import { param, queryParams } from '../../../../lib/versioning/query-params.ts';
import { requestBody } from '../../../../lib/versioning/request-body.ts';
import { bodyField, upgraded } from '../../../../lib/versioning/shape.ts';
import { v } from '../../../../microversions.ts';
import { envelope } from '../../../pipeline/answer.ts';
import { done, ok, route } from '../../../pipeline/route.ts';
import type { ComputeFaceDeps } from '../deps.ts';
import { boolish, isYes } from '../../../../operations/wire/words.ts';
import { changeFields } from './limit-fields.ts';
import { changedQuotaSetView, quotaDetailView, quotaSetView } from './view.ts';

type Deps = ComputeFaceDeps;

const ofUser = queryParams({ user_id: param() }, { strict: { since: v.strictKeys } });

interface Asked {
  readonly params: { readonly id: string };
  readonly query: { readonly user_id?: string };
}

const ownerOf = ({ params, query }: Asked) => ({
  projectId: params.id,
  ...(query.user_id === undefined ? {} : { userId: query.user_id }),
});

export const showQuotaSet = route({
  method: 'GET',
  path: '/os-quota-sets/{id}',
  summary: 'Show the quotas of a project, or of a user in it.',
  query: ofUser,
  status: 200,
  answers: envelope('quota_set', quotaSetView),
  handle: async (req, { quotas }: Deps) => ok({ id: req.params.id, of: await quotas.show(req.ctx, ownerOf(req)) }),
});

export const showQuotaDetail = route({
  method: 'GET',
  path: '/os-quota-sets/{id}/detail',
  summary: 'Show the quotas and usage of a project, or of a user in it.',
  query: ofUser,
  status: 200,
  answers: envelope('quota_set', quotaDetailView),
  handle: async (req, { quotas }: Deps) => ok({ id: req.params.id, of: await quotas.detail(req.ctx, ownerOf(req)) }),
});

export const showQuotaDefaults = route({
  method: 'GET',
  path: '/os-quota-sets/{id}/defaults',
  summary: 'Show the default quotas of a project.',
  query: queryParams({}),
  status: 200,
  answers: envelope('quota_set', quotaSetView),
  handle: async ({ ctx, params: { id } }, { quotas }: Deps) => ok({ id, of: await quotas.defaults(ctx, id) }),
});

export const updateQuotaSet = route({
  method: 'PUT',
  path: '/os-quota-sets/{id}',
  summary: 'Set the quotas of a project, or of a user in it.',
  query: ofUser,
  body: requestBody('quota_set', {
    ...changeFields(v.noProxies),
    force: bodyField({ type: upgraded(boolish, isYes), absent: false }),
  }),
  status: 200,
  answers: envelope('quota_set', changedQuotaSetView),
  handle: async (req, { quotas }: Deps) => {
    const { force, ...changes } = req.body;
    return ok(await quotas.update(req.ctx, ownerOf(req), changes, { outOfRange: force ? 'allow' : 'refuse' }));
  },
});

export const deleteQuotaSet = route({
  method: 'DELETE',
  path: '/os-quota-sets/{id}',
  summary: 'Reset the quotas of a project, or of a user in it, to the defaults.',
  query: ofUser,
  status: 202,
  handle: async (req, { quotas }: Deps) => {
    await quotas.reset(req.ctx, ownerOf(req));
    return done();
  },
});
