/** The tags of networks, subnets and all else that has tags: /v2.0/networks/{id}/tags and so on. */
import { Type as t } from '@sinclair/typebox';
import { envelopeBody } from '../../../lib/versioning/request-body.ts';
import type { TaggedId } from '../../../network/api/tags.ts';
import { exactly } from '../../pipeline/answer.ts';
import { done, ok, route } from '../../pipeline/route.ts';
import type { NetworkFaceDeps as Deps } from './deps.ts';
import { tags } from './fields.ts';
import { expectingOf } from './if-match.ts';

const answers = exactly(t.Object({ tags: t.Array(t.String()) }));
const body = envelopeBody('tags', tags);

function listRoutesOf<const C extends string>(collection: C, of: TaggedId['of']) {
  const path = `/v2.0/${collection}/{id}/tags` as const;
  return [
    route({
      method: 'GET',
      path,
      summary: 'List the tags of a resource.',
      status: 200,
      answers,
      handle: async ({ ctx, params: { id } }, { network }: Deps) => ok({ tags: [...(await network.tags.list(ctx, { of, id }))] }),
    }),
    route({
      method: 'PUT',
      path,
      summary: 'Replace the tags of a resource.',
      body,
      status: 200,
      answers,
      handle: async ({ ctx, params: { id }, body: wanted, headers }, { network }: Deps) =>
        ok({ tags: [...(await network.tags.replace(ctx, { of, id, ...expectingOf({ headers }) }, wanted))] }),
    }),
    route({
      method: 'POST',
      path,
      summary: 'Add tags to a resource.',
      body,
      status: 200,
      answers,
      handle: async ({ ctx, params: { id }, body: wanted, headers }, { network }: Deps) =>
        ok({ tags: [...(await network.tags.add(ctx, { of, id, ...expectingOf({ headers }) }, wanted))] }),
    }),
    route({
      method: 'DELETE',
      path,
      summary: 'Remove all tags from a resource.',
      status: 204,
      handle: async ({ ctx, params: { id }, headers }, { network }: Deps) => {
        await network.tags.replace(ctx, { of, id, ...expectingOf({ headers }) }, []);
        return done();
      },
    }),
  ];
}

function singleRoutesOf<const C extends string>(collection: C, of: TaggedId['of']) {
  const path = `/v2.0/${collection}/{id}/tags/{tag}` as const;
  return [
    route({
      method: 'GET',
      path,
      summary: 'Check that a resource has a tag.',
      status: 204,
      handle: async ({ ctx, params }, { network }: Deps) => {
        await network.tags.check(ctx, { of, id: params.id }, params.tag);
        return done();
      },
    }),
    route({
      method: 'PUT',
      path,
      summary: 'Add one tag to a resource.',
      status: 201,
      handle: async ({ ctx, params, headers }, { network }: Deps) => {
        await network.tags.add(ctx, { of, id: params.id, ...expectingOf({ headers }) }, [params.tag]);
        return done();
      },
    }),
    route({
      method: 'DELETE',
      path,
      summary: 'Remove one tag from a resource.',
      status: 204,
      handle: async ({ ctx, params, headers }, { network }: Deps) => {
        await network.tags.remove(ctx, { of, id: params.id, ...expectingOf({ headers }) }, params.tag);
        return done();
      },
    }),
  ];
}

export const tagRoutes = [
  ...listRoutesOf('networks', 'networks'),
  ...singleRoutesOf('networks', 'networks'),
  ...listRoutesOf('subnets', 'subnets'),
  ...singleRoutesOf('subnets', 'subnets'),
  ...listRoutesOf('ports', 'ports'),
  ...singleRoutesOf('ports', 'ports'),
  ...listRoutesOf('security-groups', 'security_groups'),
  ...singleRoutesOf('security-groups', 'security_groups'),
  ...listRoutesOf('routers', 'routers'),
  ...singleRoutesOf('routers', 'routers'),
  ...listRoutesOf('floatingips', 'floating_ips'),
  ...singleRoutesOf('floatingips', 'floating_ips'),
  ...listRoutesOf('subnetpools', 'subnet_pools'),
  ...singleRoutesOf('subnetpools', 'subnet_pools'),
  ...listRoutesOf('policies', 'qos_policies'),
  ...singleRoutesOf('policies', 'qos_policies'),
];
