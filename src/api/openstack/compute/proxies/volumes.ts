/** Volumes as compute showed them, until clients asked the volume service themselves. */
import { Type as t } from '@sinclair/typebox';
import { bodyObject } from '../../../../lib/versioning/body-object.ts';
import { plainBody } from '../../../../lib/versioning/request-body.ts';
import { anyOf } from '../../../../lib/versioning/schema.ts';
import { bodyField } from '../../../../lib/versioning/shape.ts';
import { envelope } from '../../../pipeline/answer.ts';
import { list } from '../../../pipeline/list.ts';
import { done, ok, route } from '../../../pipeline/route.ts';
import type { ComputeFaceDeps } from '../deps.ts';
import { listQuery, noQuery, pageIn, proxyWindow, volumeView, words } from './volume-view.ts';

type Deps = ComputeFaceDeps;

const newVolume = bodyObject({
  volume_type: words,
  metadata: bodyField({ type: t.Record(t.String(), t.String()) }),
  snapshot_id: words,
  size: bodyField({ type: anyOf(t.Integer({ minimum: 1 }), t.String({ pattern: '^0*[1-9][0-9]{0,8}$' })), required: true }),
  availability_zone: words,
  display_name: words,
  display_description: words,
});

/** The two lists differ only in their rules. */
const volumeList = <const P extends string>(path: P, rule: 'list' | 'detail', summary: string) =>
  route({
    ...proxyWindow,
    method: 'GET',
    path,
    summary,
    query: listQuery,
    status: 200,
    answers: list('volumes', volumeView),
    handle: async ({ ctx, query }, deps: Deps) => ok({ items: await deps.volumeProxy.list(ctx, pageIn(query, deps), rule) }),
  });

/** Volumes, made, read and deleted. */
export const volumeProxyRoutes = [
  volumeList('/os-volumes', 'list', 'List volumes.'),
  volumeList('/os-volumes/detail', 'detail', 'List volumes, the same way.'),
  route({
    ...proxyWindow,
    method: 'GET',
    path: '/os-volumes/{id}',
    summary: 'Show a volume.',
    query: noQuery,
    status: 200,
    answers: envelope('volume', volumeView),
    handle: async ({ ctx, params: { id } }, { volumeProxy }: Deps) => ok(await volumeProxy.show(ctx, id)),
  }),
  route({
    ...proxyWindow,
    method: 'POST',
    path: '/os-volumes',
    summary: 'Make a volume, empty or from a snapshot.',
    body: plainBody(bodyObject({ volume: bodyField({ type: newVolume, required: true }) })),
    status: 200,
    answers: envelope('volume', volumeView),
    handle: async ({ ctx, body: { volume: asked } }, { volumeProxy }: Deps) => {
      const wanted = {
        sizeGb: Number(asked.size),
        name: asked.display_name ?? null,
        description: asked.display_description ?? null,
        type: asked.volume_type,
        zone: asked.availability_zone,
        metadata: asked.metadata ?? {},
        ...(asked.snapshot_id !== undefined && { snapshotId: asked.snapshot_id }),
      };
      return ok(await volumeProxy.create(ctx, wanted));
    },
  }),
  route({
    ...proxyWindow,
    method: 'DELETE',
    path: '/os-volumes/{id}',
    summary: 'Begin to delete a volume.',
    status: 202,
    handle: async ({ ctx, params: { id } }, { volumeProxy }: Deps) => {
      await volumeProxy.delete(ctx, id);
      return done();
    },
  }),
];
