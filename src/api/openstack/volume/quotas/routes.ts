import { Type as t } from '@sinclair/typebox';
import { envelopeBody } from '../../../../lib/versioning/request-body.ts';
import { upgraded } from '../../../../lib/versioning/shape.ts';
import { exactly } from '../../../pipeline/answer.ts';
import { done, ok, route } from '../../../pipeline/route.ts';
import { wholeFrom } from '../../compute/wire.ts';
import type { VolumeFaceDeps } from '../deps.ts';
import { v } from '../microversions.ts';
import { truthOf } from '../wire.ts';

const quotaSet = exactly(t.Object({ quota_set: t.Record(t.String(), t.Unknown()) }));
const classSet = exactly(t.Object({ quota_class_set: t.Record(t.String(), t.Unknown()) }));

const oneLimit = wholeFrom(-1).schemaAt(v.initial);

/** Limits by resource; keys that name the project are ignored. */
const limits = upgraded(
  t.Unsafe<Record<string, number | string>>({
    type: 'object',
    minProperties: 0,
    properties: { tenant_id: {}, id: {}, class_name: {} },
    additionalProperties: oneLimit,
  }),
  ({ tenant_id: _project, id: _id, class_name: _class, ...given }) =>
    Object.fromEntries(Object.entries(given).map(([name, value]) => [name, Number(value)])),
);

const show = route({
  method: 'GET',
  path: '/os-quota-sets/{id}',
  summary: "Show a project's limits, if asked with what it uses of them.",
  status: 200,
  answers: quotaSet,
  handle: async ({ ctx, params: { id }, rawQuery }, { volumes }: VolumeFaceDeps) => {
    const { limits: found, used } = await volumes.quotas.show(ctx, id);
    const withUse = truthOf(rawQuery.get('usage') ?? '') === true;
    const values = Object.entries(found).map(([name, limit]) => [name, withUse ? { limit, in_use: used[name] ?? 0, reserved: 0 } : limit]);
    return ok({ quota_set: { id, ...Object.fromEntries(values) } });
  },
});

const defaults = route({
  method: 'GET',
  path: '/os-quota-sets/{id}/defaults',
  summary: 'Show the limits of projects for which none were set.',
  status: 200,
  answers: quotaSet,
  handle: async ({ ctx, params: { id } }, { volumes }: VolumeFaceDeps) =>
    ok({ quota_set: { id, ...(await volumes.quotas.defaults(ctx, id)) } }),
});

const update = route({
  method: 'PUT',
  path: '/os-quota-sets/{id}',
  summary: "Change a project's limits.",
  body: envelopeBody('quota_set', limits),
  status: 200,
  answers: quotaSet,
  handle: async ({ ctx, params: { id }, body }, { volumes }: VolumeFaceDeps) =>
    ok({ quota_set: { ...(await volumes.quotas.update(ctx, id, body)) } }),
});

const remove = route({
  method: 'DELETE',
  path: '/os-quota-sets/{id}',
  summary: 'Give a project the default limits again.',
  status: 200,
  handle: async ({ ctx, params: { id } }, { volumes }: VolumeFaceDeps) => {
    await volumes.quotas.delete(ctx, id);
    return done();
  },
});

const showClass = route({
  method: 'GET',
  path: '/os-quota-class-sets/{id}',
  summary: 'Show the limits of a class.',
  status: 200,
  answers: classSet,
  handle: async ({ ctx, params: { id } }, { volumes }: VolumeFaceDeps) =>
    ok({ quota_class_set: { id, ...(await volumes.quotas.classLimits(ctx, id)) } }),
});

const updateClass = route({
  method: 'PUT',
  path: '/os-quota-class-sets/{id}',
  summary: 'Change the limits of a class.',
  body: envelopeBody('quota_class_set', limits),
  status: 200,
  answers: classSet,
  handle: async ({ ctx, params: { id }, body }, { volumes }: VolumeFaceDeps) =>
    ok({ quota_class_set: { ...(await volumes.quotas.updateClass(ctx, id, body)) } }),
});

export const quotasRoutes = [show, defaults, update, remove, showClass, updateClass];
