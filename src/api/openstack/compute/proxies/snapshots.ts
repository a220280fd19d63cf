/** Snapshots of volumes as compute showed them, until clients asked the volume service themselves. */
import { Type as t } from '@sinclair/typebox';
import { bodyObject } from '../../../../lib/versioning/body-object.ts';
import { plainBody } from '../../../../lib/versioning/request-body.ts';
import { field, resource } from '../../../../lib/versioning/resource.ts';
import { bodyField } from '../../../../lib/versioning/shape.ts';
import type { VolumeSnapshot } from '../../../../objects/volume.ts';
import { boolish, isYes } from '../../../../operations/wire/words.ts';
import { envelope } from '../../../pipeline/answer.ts';
import { list } from '../../../pipeline/list.ts';
import { done, ok, route } from '../../../pipeline/route.ts';
import type { ComputeFaceDeps } from '../deps.ts';
import { listQuery, noQuery, pageIn, proxyWindow, text, timeOf, words } from './volume-view.ts';

type Deps = ComputeFaceDeps;

/** A snapshot of a volume. */
export const volumeSnapshotView = resource<VolumeSnapshot>()('volumeSnapshot', {
  id: field(t.String(), ({ id }) => id),
  status: field(t.String(), ({ status }) => status),
  size: field(t.Integer(), ({ sizeGb }) => sizeGb),
  createdAt: field(t.String(), ({ createdAt }) => timeOf(createdAt)),
  displayName: field(text, ({ name }) => name),
  displayDescription: field(text, ({ description }) => description),
  volumeId: field(t.String(), ({ volumeId }) => volumeId),
});

const newSnapshot = bodyObject({
  volume_id: bodyField({ type: t.String(), required: true }),
  force: bodyField({ type: boolish }),
  display_name: words,
  display_description: words,
});

/** The two lists differ only in their rules. */
const snapshotList = <const P extends string>(path: P, rule: 'list' | 'detail', summary: string) =>
  route({
    ...proxyWindow,
    method: 'GET',
    path,
    summary,
    query: listQuery,
    status: 200,
    answers: list('snapshots', volumeSnapshotView),
    handle: async ({ ctx, query }, deps: Deps) => ok({ items: await deps.volumeProxy.listSnapshots(ctx, pageIn(query, deps), rule) }),
  });

/** Snapshots, taken, read and deleted. */
export const snapshotProxyRoutes = [
  snapshotList('/os-snapshots', 'list', 'List snapshots of volumes.'),
  snapshotList('/os-snapshots/detail', 'detail', 'List snapshots of volumes, the same way.'),
  route({
    ...proxyWindow,
    method: 'GET',
    path: '/os-snapshots/{id}',
    summary: 'Show a snapshot of a volume.',
    query: noQuery,
    status: 200,
    answers: envelope('snapshot', volumeSnapshotView),
    handle: async ({ ctx, params: { id } }, { volumeProxy }: Deps) => ok(await volumeProxy.showSnapshot(ctx, id)),
  }),
  route({
    ...proxyWindow,
    method: 'POST',
    path: '/os-snapshots',
    summary: 'Take a snapshot of a volume; with `force` also of one in use.',
    body: plainBody(bodyObject({ snapshot: bodyField({ type: newSnapshot, required: true }) })),
    status: 200,
    answers: envelope('snapshot', volumeSnapshotView),
    handle: async ({ ctx, body: { snapshot: asked } }, { volumeProxy }: Deps) => {
      const { volume_id: volumeId, force, display_name: name = null, display_description: description = null } = asked;
      return ok(await volumeProxy.createSnapshot(ctx, { volumeId, name, description, force: isYes(force) }));
    },
  }),
  route({
    ...proxyWindow,
    method: 'DELETE',
    path: '/os-snapshots/{id}',
    summary: 'Begin to delete a snapshot of a volume.',
    status: 202,
    handle: async ({ ctx, params: { id } }, { volumeProxy }: Deps) => {
      await volumeProxy.deleteSnapshot(ctx, id);
      return done();
    },
  }),
];
