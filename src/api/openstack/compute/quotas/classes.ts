import { requestBody } from '../../../../lib/versioning/request-body.ts';
import { v } from '../../../../microversions.ts';
import { envelope } from '../../../pipeline/answer.ts';
import { ok, route } from '../../../pipeline/route.ts';
import type { ComputeFaceDeps } from '../deps.ts';
import { changeFields } from './limit-fields.ts';
import { changedQuotaClassView, quotaClassView } from './view.ts';

type Deps = ComputeFaceDeps;

export const showQuotaClass = route({
  method: 'GET',
  path: '/os-quota-class-sets/{id}',
  summary: 'Show the quotas of a class.',
  status: 200,
  answers: envelope('quota_class_set', quotaClassView),
  handle: async ({ ctx, params: { id } }, { quotas }: Deps) => ok({ id, of: await quotas.showClass(ctx, id) }),
});

export const updateQuotaClass = route({
  method: 'PUT',
  path: '/os-quota-class-sets/{id}',
  summary: 'Set the quotas of a class.',
  body: requestBody('quota_class_set', changeFields(v.quotaClassGroups)),
  status: 200,
  answers: envelope('quota_class_set', changedQuotaClassView),
  handle: async ({ ctx, params, body }, { quotas }: Deps) => ok(await quotas.updateClass(ctx, params.id, body)),
});
