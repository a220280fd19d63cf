import { param, queryParams } from '../../../../lib/versioning/query-params.ts';
import { requestBody } from '../../../../lib/versioning/request-body.ts';
import { nullable } from '../../../../lib/versioning/schema.ts';
import { bodyField } from '../../../../lib/versioning/shape.ts';
import { envelope } from '../../../pipeline/answer.ts';
import { pageAnswer } from '../../../pipeline/list.ts';
import { type ApiRequest, done, ok, route } from '../../../pipeline/route.ts';
import type { VolumeFaceDeps } from '../deps.ts';
import { answeredPage, linkedAs, listingOf, wantsCount } from '../list-query.ts';
import { v } from '../microversions.ts';
import { metadata, namingFields, namingIn, truthOf } from '../wire.ts';
import { createBody, newVolumeOf } from './create-body.ts';
import { volumeList } from './list-rules.ts';
import { changedVolumeView, volumeSummary, volumeView } from './view.ts';

const dialect = linkedAs('volumes_links');

const listVolumes = async (req: ApiRequest, { volumes }: VolumeFaceDeps) => {
  const listing = listingOf(req, volumeList);
  return ok(answeredPage(dialect, req, listing, await volumes.volumes.list(req.ctx, listing, { withCount: wantsCount(req) })));
};

const list = route({
  method: 'GET',
  path: '/volumes',
  summary: 'List volumes.',
  status: 200,
  answers: pageAnswer(dialect, 'volumes', volumeSummary),
  handle: listVolumes,
});

const listInDetail = route({
  method: 'GET',
  path: '/volumes/detail',
  summary: 'List volumes with all of their fields.',
  status: 200,
  answers: pageAnswer(dialect, 'volumes', volumeView),
  handle: listVolumes,
});

const create = route({
  method: 'POST',
  path: '/volumes',
  summary: 'Create a volume, empty or from a snapshot, a volume or an image.',
  body: createBody,
  status: 202,
  answers: envelope('volume', changedVolumeView),
  handle: async ({ ctx, body }, { volumes }: VolumeFaceDeps) => ok(await volumes.volumes.create(ctx, newVolumeOf(body))),
});

const show = route({
  method: 'GET',
  path: '/volumes/{id}',
  summary: 'Show a volume.',
  status: 200,
  answers: envelope('volume', volumeView),
  handle: async ({ ctx, params }, { volumes }: VolumeFaceDeps) => ok(await volumes.volumes.show(ctx, params.id)),
});

const updateBody = requestBody(
  'volume',
  { ...namingFields, metadata: bodyField({ type: nullable(metadata) }) },
  { tolerant: { until: v.strictBodies } },
);

const update = route({
  method: 'PUT',
  path: '/volumes/{id}',
  summary: 'Change the name, the description or the metadata of a volume.',
  body: updateBody,
  status: 200,
  answers: envelope('volume', changedVolumeView),
  handle: async ({ ctx, params, body }, { volumes }: VolumeFaceDeps) => {
    const changes = { ...namingIn(body), ...(body.metadata ? { metadata: body.metadata } : {}) };
    return ok(await volumes.volumes.update(ctx, params.id, changes));
  },
});

const remove = route({
  method: 'DELETE',
  path: '/volumes/{id}',
  summary: 'Delete a volume, if asked together with its snapshots.',
  query: queryParams({ cascade: param({ read: isTrue }), force: param({ since: v.forceDelete, read: isTrue }) }),
  status: 202,
  handle: async ({ ctx, params, query: { cascade = false, force = false } }, { volumes }: VolumeFaceDeps) => {
    await volumes.volumes.delete(ctx, params.id, { cascade, force });
    return done();
  },
});

function isTrue(text: string): boolean {
  return truthOf(text) === true;
}

export const volumesRoutes = [list, listInDetail, create, show, update, remove];
