import { Type as t } from '@sinclair/typebox';
import { strictObject, stringMap, nullable } from '../../../../lib/versioning/schema.ts';
import { asId, type HostName } from '../../../../objects/ids.ts';
import { envelope } from '../../../pipeline/answer.ts';
import { actionRoute, ok } from '../../../pipeline/route.ts';
import type { ComputeFaceDeps } from '../deps.ts';
import { aggregateIdIn } from './aggregate-id.ts';
import { aggregateView } from './view.ts';

type Deps = ComputeFaceDeps;

const path = '/os-aggregates/{id}/action';
const answers = envelope('aggregate', aggregateView);
const rule = (verb: string) => ({ rule: `os_compute_api:os-aggregates:${verb}` });
const oneHost = strictObject({ host: t.String({ minLength: 1, maxLength: 255 }) });

export const addHostToAggregate = actionRoute({
  key: 'add_host',
  path,
  summary: 'Add a compute host to an aggregate.',
  documented: rule('add_host'),
  body: oneHost,
  status: 200,
  answers,
  handle: async ({ ctx, params: { id }, body: { host } }, { aggregates }: Deps) =>
    ok(await aggregates.addHost(ctx, aggregateIdIn(id), asId<HostName>(host))),
});

export const removeHostFromAggregate = actionRoute({
  key: 'remove_host',
  path,
  summary: 'Remove a compute host from an aggregate.',
  documented: rule('remove_host'),
  body: oneHost,
  status: 200,
  answers,
  handle: async ({ ctx, params: { id }, body: { host } }, { aggregates }: Deps) =>
    ok(await aggregates.removeHost(ctx, aggregateIdIn(id), asId<HostName>(host))),
});

export const setAggregateMetadata = actionRoute({
  key: 'set_metadata',
  path,
  summary: 'Set or remove metadata of an aggregate.',
  documented: rule('set_metadata'),
  body: strictObject({ metadata: stringMap('^[a-zA-Z0-9-_:. ]{1,255}$', nullable(t.String({ maxLength: 255 }))) }),
  status: 200,
  answers,
  handle: async ({ ctx, params: { id }, body: { metadata } }, { aggregates }: Deps) =>
    ok(await aggregates.setMetadata(ctx, aggregateIdIn(id), metadata)),
});
