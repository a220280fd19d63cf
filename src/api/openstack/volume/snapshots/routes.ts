import { Type as t } from '@sinclair/typebox';
import { requestBody } from '../../../../lib/versioning/request-body.ts';
import { nullable } from '../../../../lib/versioning/schema.ts';
import { bodyField } from '../../../../lib/versioning/shape.ts';
import { HttpFault } from '../../../../lib/http/http-fault.ts';
import { envelope } from '../../../pipeline/answer.ts';
import { pageAnswer } from '../../../pipeline/list.ts';
import { type ApiRequest, done, ok, route } from '../../../pipeline/route.ts';
import type { VolumeFaceDeps } from '../deps.ts';
import { answeredPage, linkedAs, listingOf, wantsCount } from '../list-query.ts';
import { v } from '../microversions.ts';
import { metadata, namingFields, namingIn, truth } from '../wire.ts';
import { snapshotSummary, snapshotView } from './view.ts';
import { snapshotList } from './list-rules.ts';

const dialect = linkedAs('snapshots_links');

const listSnapshots = async (req: ApiRequest, { volumes }: VolumeFaceDeps) => {
  const listing = listingOf(req, snapshotList);
  return ok(answeredPage(dialect, req, listing, await volumes.snapshots.list(req.ctx, listing, { withCount: wantsCount(req) })));
};

const list = route({
  method: 'GET',
  path: '/snapshots',
  summary: 'List snapshots.',
  status: 200,
  answers: pageAnswer(dialect, 'snapshots', snapshotSummary),
  handle: listSnapshots,
});

const listInDetail = route({
  method: 'GET',
  path: '/snapshots/detail',
  summary: 'List snapshots with all of their fields.',
  status: 200,
  answers: pageAnswer(dialect, 'snapshots', snapshotView),
  handle: listSnapshots,
});

const createBody = requestBody(
  'snapshot',
  {
    // No volume has an id that is not a text.
    volume_id: bodyField({ type: nullable(t.String({ maxLength: 255 })), required: true }),
    ...namingFields,
    metadata: bodyField({ type: nullable(metadata) }),
    force: bodyField({ type: truth }),
  },
  { tolerant: true },
);

const create = route({
  method: 'POST',
  path: '/snapshots',
  summary: 'Take a snapshot of a volume.',
  body: createBody,
  status: 202,
  answers: envelope('snapshot', snapshotSummary),
  handle: async ({ ctx, body, at }, { volumes }: VolumeFaceDeps) => {
    const isFree = at(v.unforcedSnapshots);
    if (isFree && body.force === false) throw new HttpFault(400, "Invalid value 'False' for force: since 3.66 it may only be true.");
    return ok(
      await volumes.snapshots.create(ctx, {
        volumeId: body.volume_id ?? 'None',
        name: null,
        description: null,
        ...namingIn(body),
        metadata: body.metadata ?? {},
        force: isFree || (body.force ?? false),
      }),
    );
  },
});

const show = route({
  method: 'GET',
  path: '/snapshots/{id}',
  summary: 'Show a snapshot.',
  status: 200,
  answers: envelope('snapshot', snapshotView),
  handle: async ({ ctx, params }, { volumes }: VolumeFaceDeps) => ok(await volumes.snapshots.show(ctx, params.id)),
});

const updateBody = requestBody('snapshot', namingFields, { tolerant: { until: v.strictBodies } });

const update = route({
  method: 'PUT',
  path: '/snapshots/{id}',
  summary: 'Change the name or the description of a snapshot.',
  body: updateBody,
  status: 200,
  answers: envelope('snapshot', snapshotSummary),
  handle: async ({ ctx, params, body }, { volumes }: VolumeFaceDeps) => ok(await volumes.snapshots.update(ctx, params.id, namingIn(body))),
});

const remove = route({
  method: 'DELETE',
  path: '/snapshots/{id}',
  summary: 'Delete a snapshot.',
  status: 202,
  handle: async ({ ctx, params }, { volumes }: VolumeFaceDeps) => {
    await volumes.snapshots.delete(ctx, params.id);
    return done();
  },
});

export const snapshotsRoutes = [list, listInDetail, create, show, update, remove];
