import { Type as t } from '@sinclair/typebox';
import { envelopeBody, plainBody } from '../../../../lib/versioning/request-body.ts';
import { nullable, stringMap } from '../../../../lib/versioning/schema.ts';
import { HttpFault } from '../../../../lib/http/http-fault.ts';
import { exactly } from '../../../pipeline/answer.ts';
import { done, ok, route } from '../../../pipeline/route.ts';
import type { VolumeFaceDeps } from '../deps.ts';
import { texts } from '../wire.ts';

/** Extra specs in a body. */
export const specs = stringMap('^[a-zA-Z0-9-_:. ]{1,255}$', nullable(t.String({ maxLength: 255 })));

/** A spec without value is an empty text. */
export const asTexts = (given: Readonly<Record<string, string | null>>): Record<string, string> =>
  Object.fromEntries(Object.entries(given).map(([key, value]) => [key, value ?? '']));

const allSpecs = exactly(t.Object({ extra_specs: texts }));

const listSpecs = route({
  method: 'GET',
  path: '/types/{id}/extra_specs',
  summary: 'List the extra specs of a volume type.',
  status: 200,
  answers: allSpecs,
  handle: async ({ ctx, params }, { volumes }: VolumeFaceDeps) => ok({ extra_specs: { ...(await volumes.types.specs(ctx, params.id)) } }),
});

const addSpecs = route({
  method: 'POST',
  path: '/types/{id}/extra_specs',
  summary: 'Add extra specs to a volume type.',
  body: envelopeBody('extra_specs', specs),
  status: 200,
  answers: allSpecs,
  handle: async ({ ctx, params, body }, { volumes }: VolumeFaceDeps) =>
    ok({ extra_specs: { ...(await volumes.types.addSpecs(ctx, params.id, asTexts(body))) } }),
});

const showSpec = route({
  method: 'GET',
  path: '/types/{id}/extra_specs/{key}',
  summary: 'Show an extra spec of a volume type.',
  status: 200,
  answers: exactly(texts),
  handle: async ({ ctx, params }, { volumes }: VolumeFaceDeps) =>
    ok({ [params.key]: await volumes.types.spec(ctx, params.id, params.key) }),
});

const setSpec = route({
  method: 'PUT',
  path: '/types/{id}/extra_specs/{key}',
  summary: 'Change an extra spec of a volume type.',
  body: plainBody(t.Unsafe<Record<string, string | null>>({ ...specs, minProperties: 1, maxProperties: 1 })),
  status: 200,
  answers: exactly(texts),
  handle: async ({ ctx, params, body }, { volumes }: VolumeFaceDeps) => {
    if (!Object.hasOwn(body, params.key)) throw new HttpFault(400, 'Request body and URI mismatch.');
    await volumes.types.spec(ctx, params.id, params.key);
    return ok({ ...(await volumes.types.addSpecs(ctx, params.id, asTexts(body))) });
  },
});

const removeSpec = route({
  method: 'DELETE',
  path: '/types/{id}/extra_specs/{key}',
  summary: 'Remove an extra spec from a volume type.',
  status: 202,
  handle: async ({ ctx, params }, { volumes }: VolumeFaceDeps) => {
    await volumes.types.removeSpec(ctx, params.id, params.key);
    return done();
  },
});

export const extraSpecsRoutes = [listSpecs, addSpecs, showSpec, setSpec, removeSpec];
