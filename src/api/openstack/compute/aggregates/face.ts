import { Type as t } from '@sinclair/typebox';
import type { AggregateApi } from '../../../../compute/aggregates/aggregate-api.ts';
import { queryParams } from '../../../../lib/versioning/query-params.ts';
import { requestBody } from '../../../../lib/versioning/request-body.ts';
import { nullable } from '../../../../lib/versioning/schema.ts';
import { bodyField } from '../../../../lib/versioning/shape.ts';
import { v } from '../../../../microversions.ts';
import type { Aggregate } from '../../../../objects/aggregate.ts';
import { asId, type HostName } from '../../../../objects/ids.ts';
import { name } from '../../../../operations/wire/words.ts';
import { list } from '../../../pipeline/list.ts';
import { ok, route } from '../../../pipeline/route.ts';
import { resourceOf } from '../resource-face.ts';
import { aggregateIdIn } from './aggregate-id.ts';
import { aggregateView, createdAggregate } from './view.ts';

interface Deps {
  readonly aggregates: AggregateApi;
}

const rules = 'os_compute_api:os-aggregates';
const path = '/os-aggregates';
const { create, show, update, remove, face } = resourceOf({ path, id: 'id', one: 'aggregate', many: 'aggregates', rules });

const noQuery = queryParams({}, { strict: { since: v.flavorNameFilter } });
const zone = nullable(t.String({ minLength: 1, maxLength: 255, format: 'zone-name' }));

const createAggregate = create({
  summary: 'Make an aggregate of hosts, with an availability zone if it is to be one.',
  body: requestBody('aggregate', { name: bodyField({ type: name, required: true }), availability_zone: bodyField({ type: zone }) }),
  view: createdAggregate,
  run: async ({ ctx, body }, { aggregates: api }: Deps) => await api.create(ctx, { name: body.name, zone: body.availability_zone ?? null }),
});

/** Not in pages: Nova lists all. */
const listAggregates = {
  view: aggregateView,
  answerOf: (items: readonly Aggregate[]) => ({ items }),
  route: route({
    method: 'GET',
    path,
    summary: 'List aggregates, oldest first.',
    documented: { rule: `${rules}:index` },
    query: noQuery,
    status: 200,
    answers: list('aggregates', aggregateView),
    handle: async ({ ctx }, { aggregates: api }: Deps) => ok({ items: await api.list(ctx) }),
  }),
};

const showAggregate = show({
  summary: 'Show an aggregate.',
  query: noQuery,
  view: aggregateView,
  run: async ({ ctx, id }, { aggregates: api }: Deps) => await api.find(ctx, aggregateIdIn(id)),
});

const updateAggregate = update({
  summary: 'Change the name or the availability zone of an aggregate.',
  body: requestBody(
    'aggregate',
    {
      name: bodyField({ type: t.String({ minLength: 1, maxLength: 255, format: 'name-with-blanks' }) }),
      availability_zone: bodyField({ type: zone }),
    },
    { keywords: { anyOf: [{ required: ['name'] }, { required: ['availability_zone'] }] } },
  ),
  view: aggregateView,
  run: async ({ ctx, id, body: { name: called, availability_zone: given } }, { aggregates: api }: Deps) =>
    await api.update(ctx, aggregateIdIn(id), {
      ...(called === undefined ? {} : { name: called.trim() }),
      ...(given === undefined ? {} : { zone: given }),
    }),
});

const deleteAggregate = remove({
  summary: 'Delete an aggregate that has no hosts.',
  status: 200,
  run: async ({ ctx, id }, { aggregates: api }: Deps) => await api.delete(ctx, aggregateIdIn(id)),
});

const west: Aggregate = {
  id: 1,
  uuid: '070cb72c-f463-4f72-9c61-2c0556eb8c07',
  name: 'west wing',
  hosts: [asId<HostName>('compute-1')],
  metadata: { availability_zone: 'west', ssd: 'true' },
  createdAt: new Date('2026-11-22T09:18:46Z'),
  updatedAt: new Date('2026-11-23T09:18:46Z'),
};

/** Aggregates of hosts, some of them availability zones. */
export const aggregates = face({
  operations: [createAggregate, listAggregates, showAggregate, updateAggregate, deleteAggregate],
  samples: [west, { ...west, hosts: [], metadata: {}, updatedAt: null }],
  thing: { body: { aggregate: { name: 'west wing', availability_zone: null } }, madeBy: 'admin', isPrivate: true },
});
