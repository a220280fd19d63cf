import { Type as t } from '@sinclair/typebox';
import type { ServiceChanges } from '../../../../compute/fleet/service-api.ts';
import { bodyObject } from '../../../../lib/versioning/body-object.ts';
import { param, queryParams } from '../../../../lib/versioning/query-params.ts';
import { plainBody } from '../../../../lib/versioning/request-body.ts';
import { stringEnum } from '../../../../lib/versioning/schema.ts';
import { bodyField, upgraded } from '../../../../lib/versioning/shape.ts';
import { InvalidInput } from '../../../../lib/versioning/validation.ts';
import { v } from '../../../../microversions.ts';
import { envelope } from '../../../pipeline/answer.ts';
import { list } from '../../../pipeline/list.ts';
import { done, ok, route } from '../../../pipeline/route.ts';
import type { ComputeFaceDeps } from '../deps.ts';
import { numberIn, uuidIn } from '../ids-in-urls.ts';
import { boolish, isYes } from '../../../../operations/wire/words.ts';
import { serviceView } from './view.ts';

type Deps = ComputeFaceDeps;

export const listServices = route({
  method: 'GET',
  path: '/os-services',
  summary: 'List services, optionally by host or binary.',
  query: queryParams({ host: param(), binary: param() }, { strict: { since: v.strictKeys } }),
  status: 200,
  answers: list('services', serviceView),
  handle: async ({ ctx, query }, { services }: Deps) => ok({ items: await services.list(ctx, query) }),
});

const body = plainBody(
  bodyObject({
    status: bodyField({ type: stringEnum(['enabled', 'disabled']) }),
    disabled_reason: bodyField({ type: t.String({ minLength: 1, maxLength: 255 }) }),
    forced_down: bodyField({ type: upgraded(boolish, isYes) }),
  }),
);

interface Asked {
  readonly status?: 'enabled' | 'disabled';
  readonly disabled_reason?: string;
  readonly forced_down?: boolean;
}

/** A reason belongs to a disabled service; enabling removes it. */
function changesOf({ status, disabled_reason: reason, forced_down: forcedDown }: Asked): ServiceChanges {
  if (reason !== undefined && status !== 'disabled')
    throw InvalidInput({ message: "Specifying 'disabled_reason' requires that status is 'disabled'." });
  if (status === undefined && forcedDown === undefined)
    throw InvalidInput({ message: "No updates were requested. Fields 'status' or 'forced_down' should be specified." });
  return {
    ...(status === undefined ? {} : { disabled: status === 'disabled', disabledReason: reason ?? null }),
    ...(forcedDown === undefined ? {} : { forcedDown }),
  };
}

export const updateService = route({
  method: 'PUT',
  path: '/os-services/{id}',
  summary: 'Enable, disable or force down a service.',
  since: v.uuidsOfServices,
  policy: 'os_compute_api:os-services:update',
  body,
  status: 200,
  answers: envelope('service', serviceView),
  handle: async ({ ctx, params, body: asked }, { services }: Deps) =>
    ok(await services.change(ctx, { id: uuidIn(params.id) }, changesOf(asked))),
});

export const deleteService = route({
  method: 'DELETE',
  path: '/os-services/{id}',
  summary: 'Delete the record of a service that no longer exists.',
  policy: 'os_compute_api:os-services:delete',
  status: 204,
  handle: async ({ ctx, params: { id }, at }, { services }: Deps) => {
    await services.delete(ctx, at(v.uuidsOfServices) ? { id: uuidIn(id) } : { number: numberIn(id) });
    return done();
  },
});
