import { Type as t } from '@sinclair/typebox';
import { envelopeBody, requestBody } from '../../../lib/versioning/request-body.ts';
import { field, resource } from '../../../lib/versioning/resource.ts';
import { nullable } from '../../../lib/versioning/schema.ts';
import { bodyField } from '../../../lib/versioning/shape.ts';
import type { NewSubnetPool, SubnetPoolChanges } from '../../../network/api/pool-request.ts';
import type { SubnetPool } from '../../../objects/network-sharing.ts';
import { exactly } from '../../pipeline/answer.ts';
import { ok, route } from '../../pipeline/route.ts';
import { oneOrMany } from './bulk.ts';
import { converted } from './converted.ts';
import { crudRoutes } from './crud-routes.ts';
import type { NetworkFaceDeps as Deps } from './deps.ts';
import { id, keptFields, ownerFields, ownerIn, saidFields, tagFields, tagsToSet, text } from './fields.ts';
import { given } from './given.ts';

// Clients expect these lengths as text.
const length = (read: (pool: SubnetPool) => number) => field(t.String(), (pool: SubnetPool) => String(read(pool)));

const poolView = resource<SubnetPool>()('subnet pool', {
  ...keptFields,
  name: field(t.String(), (pool) => pool.name),
  ip_version: field(t.Integer(), (pool) => pool.ipVersion),
  prefixes: field(t.Array(t.String()), (pool) => [...pool.prefixes]),
  default_prefixlen: length((pool) => pool.defaultPrefixLength),
  min_prefixlen: length((pool) => pool.minPrefixLength),
  max_prefixlen: length((pool) => pool.maxPrefixLength),
  default_quota: field(nullable(t.Integer()), (pool) => pool.defaultQuota),
  is_default: field(t.Boolean(), (pool) => pool.isDefault),
  shared: field(t.Boolean(), (pool) => pool.isShared),
  address_scope_id: field(nullable(t.String()), (pool) => pool.addressScopeId),
  ...tagFields,
});

const prefixes = t.Array(text, { minItems: 1, maxItems: 100 });
const bits = bodyField({ type: t.Integer({ minimum: 0, maximum: 128 }) });
const changeable = {
  ...saidFields,
  default_prefixlen: bits,
  min_prefixlen: bits,
  max_prefixlen: bits,
  default_quota: bodyField({ type: nullable(t.Integer({ minimum: 0, maximum: 2 ** 31 - 1 })) }),
  is_default: bodyField({ type: t.Boolean() }),
  address_scope_id: bodyField({ type: nullable(id) }),
};
const words = { one: 'subnetpool', many: 'subnetpools' };
const createBody = oneOrMany(words, {
  ...changeable,
  ...ownerFields,
  ...tagsToSet,
  name: bodyField({ type: text, required: true }),
  prefixes: bodyField({ type: prefixes, required: true }),
  shared: bodyField({ type: t.Boolean() }),
});
const updateBody = converted(requestBody('subnetpool', { ...changeable, prefixes: bodyField({ type: prefixes }) }));

const changesOf = (body: ReturnType<typeof updateBody.parse>) => ({
  name: body.name,
  description: body.description,
  prefixes: body.prefixes,
  defaultPrefixLength: body.default_prefixlen,
  minPrefixLength: body.min_prefixlen,
  maxPrefixLength: body.max_prefixlen,
  defaultQuota: body.default_quota,
  isDefault: body.is_default,
  addressScopeId: body.address_scope_id,
});

const prefixBody = envelopeBody('prefixes', prefixes);
const prefixAnswer = exactly(t.Object({ prefixes: t.Array(t.String()) }));

/** /v2.0/subnetpools */
export const subnetPoolRoutes = [
  ...crudRoutes({
    path: 'subnetpools',
    words,
    said: { one: 'a subnet pool', many: 'subnet pools' },
    view: poolView,
    createBody,
    updateBody,
    of: (network) => network.subnetPools,
    newOf: (body) =>
      given<NewSubnetPool>({
        ...changesOf(body),
        prefixes: body.prefixes,
        isShared: body.shared,
        projectId: ownerIn(body),
        tags: body.tags,
      }),
    changesOf: (body) => given<SubnetPoolChanges>(changesOf(body)),
  }),
  route({
    method: 'PUT',
    path: '/v2.0/subnetpools/{id}/add_prefixes',
    summary: 'Add prefixes to a subnet pool.',
    body: prefixBody,
    status: 200,
    answers: prefixAnswer,
    handle: async ({ ctx, params, body }, { network }: Deps) =>
      ok({ prefixes: [...(await network.subnetPools.addPrefixes(ctx, params.id, body)).prefixes] }),
  }),
  route({
    method: 'PUT',
    path: '/v2.0/subnetpools/{id}/remove_prefixes',
    summary: 'Remove prefixes from a subnet pool.',
    body: prefixBody,
    status: 200,
    answers: prefixAnswer,
    handle: async ({ ctx, params, body }, { network }: Deps) =>
      ok({ prefixes: [...(await network.subnetPools.removePrefixes(ctx, params.id, body)).prefixes] }),
  }),
];
