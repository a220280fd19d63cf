import { Type as t } from '@sinclair/typebox';
import { envelopeBody, plainBody } from '../../../../lib/versioning/request-body.ts';
import { upgraded } from '../../../../lib/versioning/shape.ts';
import { InvalidInput } from '../../../../lib/versioning/validation.ts';
import { v } from '../../../../microversions.ts';
import { exactly } from '../../../pipeline/answer.ts';
import { type ApiRequest, done, ok, route } from '../../../pipeline/route.ts';
import type { ComputeFaceDeps } from '../deps.ts';

type Deps = ComputeFaceDeps;

const told = t.Record(t.String(), t.String());
const enveloped = exactly(t.Object({ extra_specs: told }));

/** Values may be numbers; they are stored as text. */
const specs = (bounds: { minProperties?: number; maxProperties?: number } = {}) =>
  upgraded(
    t.Unsafe<Record<string, string | number>>({
      type: 'object',
      patternProperties: { '^[a-zA-Z0-9_:. -]{1,255}$': { type: ['string', 'number'], maxLength: 255 } },
      additionalProperties: false,
      ...bounds,
    }),
    (given) => Object.fromEntries(Object.entries(given).map(([key, value]) => [key, String(value)])),
  );

const optionsAt = (at: ApiRequest['at']) => ({ known: at(v.checkedExtraSpecs) ? 'checked' : 'unchecked' }) as const;

export const listExtraSpecs = route({
  method: 'GET',
  path: '/flavors/{id}/os-extra_specs',
  summary: 'List the extra specs of a flavor.',
  status: 200,
  answers: enveloped,
  handle: async ({ ctx, params }, { extraSpecs }: Deps) => ok({ extra_specs: await extraSpecs.list(ctx, params.id) }),
});

export const createExtraSpecs = route({
  method: 'POST',
  path: '/flavors/{id}/os-extra_specs',
  summary: 'Add extra specs to those of a flavor.',
  body: envelopeBody('extra_specs', specs()),
  status: 200,
  answers: enveloped,
  handle: async ({ ctx, params, body, at }, { extraSpecs }: Deps) =>
    ok({ extra_specs: await extraSpecs.add(ctx, params.id, body, optionsAt(at)) }),
});

export const showExtraSpec = route({
  method: 'GET',
  path: '/flavors/{id}/os-extra_specs/{key}',
  summary: 'Show one extra spec of a flavor.',
  status: 200,
  answers: exactly(told),
  handle: async ({ ctx, params }, { extraSpecs }: Deps) => ok(await extraSpecs.find(ctx, params.id, params.key)),
});

export const updateExtraSpec = route({
  method: 'PUT',
  path: '/flavors/{id}/os-extra_specs/{key}',
  summary: 'Set one extra spec of a flavor.',
  body: plainBody(specs({ minProperties: 1, maxProperties: 1 })),
  status: 200,
  answers: exactly(told),
  handle: async ({ ctx, params, body, at }, { extraSpecs }: Deps) => {
    if (!Object.hasOwn(body, params.key)) throw InvalidInput({ message: 'Request body and URI mismatch' });
    return ok(await extraSpecs.change(ctx, params.id, body, optionsAt(at)));
  },
});

export const deleteExtraSpec = route({
  method: 'DELETE',
  path: '/flavors/{id}/os-extra_specs/{key}',
  summary: 'Remove one extra spec of a flavor.',
  status: 200,
  handle: async ({ ctx, params }, { extraSpecs }: Deps) => {
    await extraSpecs.delete(ctx, params.id, params.key);
    return done();
  },
});
