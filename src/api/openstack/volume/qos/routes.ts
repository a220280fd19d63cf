import { type Static, Type as t } from '@sinclair/typebox';
import { param, queryParams } from '../../../../lib/versioning/query-params.ts';
import { envelopeBody, plainBody } from '../../../../lib/versioning/request-body.ts';
import { strictObject } from '../../../../lib/versioning/schema.ts';
import { HttpFault } from '../../../../lib/http/http-fault.ts';
import { type QosConsumer, qosConsumers, type QosSpecs } from '../../../../objects/volume-type-specs.ts';
import { exactly } from '../../../pipeline/answer.ts';
import { done, ok, route } from '../../../pipeline/route.ts';
import { links, linksTo } from '../../compute/wire.ts';
import type { VolumeFaceDeps } from '../deps.ts';
import { type ListRules, listingOf } from '../list-query.ts';
import { texts, truthOf } from '../wire.ts';

const document = strictObject({ id: t.String(), name: t.String(), consumer: t.String(), specs: texts });
const documentOf = ({ id, name, consumer, specs }: QosSpecs): Static<typeof document> => ({ id, name, consumer, specs: { ...specs } });

const shown = exactly(t.Object({ qos_specs: document, links }));

const rules: ListRules = {
  filters: {
    id: { column: 'id', kind: 'text' },
    name: { column: 'name', kind: 'text' },
    consumer: { column: 'consumer', kind: 'text' },
  },
  sort: { id: 'id', name: 'name', created_at: 'created_at', updated_at: 'updated_at' },
};

const list = route({
  method: 'GET',
  path: '/qos-specs',
  summary: 'List limits of quality.',
  status: 200,
  answers: exactly(t.Object({ qos_specs: t.Array(document) })),
  handle: async (req, { volumes }: VolumeFaceDeps) =>
    ok({ qos_specs: (await volumes.qosSpecs.list(req.ctx, listingOf(req, rules))).map(documentOf) }),
});

const spec = t.String({ maxLength: 255 });
const keys = '^[a-zA-Z0-9-_:. ]{1,255}$';

/** Everything beside the consumer is a spec. */
function readSpecs({ consumer, ...specs }: Readonly<Record<string, string>>) {
  if (consumer === undefined) return { specs };
  if (!isConsumer(consumer)) throw new HttpFault(400, `Valid consumer of QoS specs are: ${qosConsumers.join(', ')}`);
  return { consumer, specs };
}

const isConsumer = (text: string): text is QosConsumer => qosConsumers.some((known) => known === text);

const create = route({
  method: 'POST',
  path: '/qos-specs',
  summary: 'Create limits of quality.',
  body: envelopeBody(
    'qos_specs',
    t.Unsafe<Record<string, string> & { name: string }>({
      type: 'object',
      properties: { name: { type: 'string', minLength: 1, maxLength: 255, format: 'name-with-blanks' } },
      required: ['name'],
      patternProperties: { [keys]: spec },
      additionalProperties: false,
    }),
  ),
  status: 200,
  answers: shown,
  handle: async ({ ctx, body, view }, { volumes }: VolumeFaceDeps) => {
    const { name, ...rest } = body;
    const { consumer = 'back-end', specs } = readSpecs(rest);
    const made = await volumes.qosSpecs.create(ctx, { name: name.trim(), consumer, specs });
    return ok({ qos_specs: documentOf(made), links: linksTo(`qos-specs/${made.id}`, view) });
  },
});

const show = route({
  method: 'GET',
  path: '/qos-specs/{id}',
  summary: 'Show limits of quality.',
  status: 200,
  answers: shown,
  handle: async ({ ctx, params, view }, { volumes }: VolumeFaceDeps) =>
    ok({ qos_specs: documentOf(await volumes.qosSpecs.show(ctx, params.id)), links: linksTo(`qos-specs/${params.id}`, view) }),
});

const update = route({
  method: 'PUT',
  path: '/qos-specs/{id}',
  summary: 'Add to limits of quality.',
  body: envelopeBody(
    'qos_specs',
    t.Unsafe<Record<string, string>>({
      type: 'object',
      patternProperties: { [keys]: spec },
      additionalProperties: false,
      minProperties: 1,
    }),
  ),
  status: 200,
  answers: exactly(t.Object({ qos_specs: texts })),
  handle: async ({ ctx, params, body }, { volumes }: VolumeFaceDeps) => {
    await volumes.qosSpecs.update(ctx, params.id, readSpecs(body));
    return ok({ qos_specs: body });
  },
});

const deleteKeys = route({
  method: 'PUT',
  path: '/qos-specs/{id}/delete_keys',
  summary: 'Remove keys from limits of quality.',
  body: plainBody(strictObject({ keys: t.Array(t.String({ minLength: 1, maxLength: 255 }), { minItems: 1, uniqueItems: true }) })),
  status: 202,
  handle: async ({ ctx, params, body }, { volumes }: VolumeFaceDeps) => {
    await volumes.qosSpecs.deleteKeys(ctx, params.id, body.keys);
    return done();
  },
});

const remove = route({
  method: 'DELETE',
  path: '/qos-specs/{id}',
  summary: 'Delete limits of quality, by force also if types have them.',
  query: queryParams({ force: param({ read: (text) => truthOf(text) === true }) }),
  status: 202,
  handle: async ({ ctx, params, query: { force = false } }, { volumes }: VolumeFaceDeps) => {
    await volumes.qosSpecs.delete(ctx, params.id, { force });
    return done();
  },
});

export const qosSpecsRoutes = [list, create, show, update, deleteKeys, remove];
