import { Type as t } from '@sinclair/typebox';
import { param, queryParams } from '../../../../lib/versioning/query-params.ts';
import { requestBody } from '../../../../lib/versioning/request-body.ts';
import { nullable, strictObject } from '../../../../lib/versioning/schema.ts';
import { bodyField } from '../../../../lib/versioning/shape.ts';
import { envelope, exactly } from '../../../pipeline/answer.ts';
import { pageAnswer } from '../../../pipeline/list.ts';
import { type ApiRequest, done, ok, route } from '../../../pipeline/route.ts';
import type { VolumeFaceDeps } from '../deps.ts';
import { answeredPage, linkedAs, listingOf, wantsCount } from '../list-query.ts';
import { v } from '../microversions.ts';
import { metadata, textOrNull, truthOf } from '../wire.ts';
import { createBody, newVolumeOf } from './create-body.ts';
import { volumeList } from './list-rules.ts';
import { volumeSummary, volumeView } from './view.ts';

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

const sum = strictObject({
  'volume-summary': strictObject({
    total_count: t.Integer(),
    total_size: t.Integer(),
    metadata: t.Optional(t.Record(t.String(), t.Array(t.String()))),
  }),
});

/** Far more volumes than a project has. */
const ALL = 1_000_000;

const summarize = route({
  method: 'GET',
  path: '/volumes/summary',
  summary: 'Tell how many volumes there are and how large they are together.',
  since: v.summary,
  status: 200,
  answers: exactly(sum),
  handle: async (req, { volumes }: VolumeFaceDeps) => {
    const { items } = await volumes.volumes.list(req.ctx, { ...listingOf(req, volumeList), limit: ALL });
    const values: Record<string, string[]> = {};
    for (const one of items)
      for (const [key, value] of Object.entries(one.metadata)) values[key] = [...new Set([...(values[key] ?? []), value])];
    const total = items.reduce((size, { sizeGb }) => size + sizeGb, 0);
    return ok({
      'volume-summary': { total_count: items.length, total_size: total, ...(req.at(v.summaryMetadata) ? { metadata: values } : {}) },
    });
  },
});

const create = route({
  method: 'POST',
  path: '/volumes',
  summary: 'Create a volume, empty or from a snapshot, a volume or an image.',
  body: createBody,
  status: 202,
  answers: envelope('volume', volumeView),
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
  {
    name: bodyField({ type: textOrNull }),
    display_name: bodyField({ type: textOrNull }),
    description: bodyField({ type: textOrNull }),
    display_description: bodyField({ type: textOrNull }),
    metadata: bodyField({ type: nullable(metadata) }),
  },
  { tolerant: { until: v.strictBodies } },
);

const update = route({
  method: 'PUT',
  path: '/volumes/{id}',
  summary: 'Change the name, the description or the metadata of a volume.',
  body: updateBody,
  status: 200,
  answers: envelope('volume', volumeView),
  handle: async ({ ctx, params, body }, { volumes }: VolumeFaceDeps) => {
    const name = body.name ?? body.display_name;
    const description = body.description ?? body.display_description;
    return ok(
      await volumes.volumes.update(ctx, params.id, {
        ...(name === undefined ? {} : { name }),
        ...(description === undefined ? {} : { description }),
        ...(body.metadata ? { metadata: body.metadata } : {}),
      }),
    );
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

const encryption = strictObject({
  encryption_key_id: t.Null(),
  control_location: t.Optional(t.Null()),
  cipher: t.Optional(t.Null()),
  key_size: t.Optional(t.Null()),
  provider: t.Optional(t.Null()),
});

const showEncryption = route({
  method: 'GET',
  path: '/volumes/{id}/encryption',
  summary: 'Show how a volume is encrypted.',
  status: 200,
  answers: exactly(encryption),
  handle: async ({ ctx, params }, { volumes }: VolumeFaceDeps) => {
    await volumes.volumes.show(ctx, params.id);
    return ok({ encryption_key_id: null });
  },
});

export const volumesRoutes = [list, listInDetail, summarize, create, show, update, remove, showEncryption];
