import { Type as t } from '@sinclair/typebox';
import { requestBody } from '../../../../lib/versioning/request-body.ts';
import type { Microversion } from '../../../../lib/versioning/microversion.ts';
import { nullable } from '../../../../lib/versioning/schema.ts';
import { bodyField } from '../../../../lib/versioning/shape.ts';
import { envelope } from '../../../pipeline/answer.ts';
import { pageAnswer } from '../../../pipeline/list.ts';
import { type ApiRequest, done, ok, route } from '../../../pipeline/route.ts';
import type { VolumeFaceDeps } from '../deps.ts';
import { answeredPage, linkedAs, type ListRules, listingOf } from '../list-query.ts';
import { v } from '../microversions.ts';
import { truth } from '../wire.ts';
import { createdTransferView, transferSummary, transferView } from './view.ts';

const rules: ListRules = {
  filters: {
    name: { column: 'name', kind: 'text' },
    volume_id: { column: 'volume_id', kind: 'text' },
    id: { column: 'id', kind: 'text', adminOnly: true },
  },
  sort: { id: 'id', name: 'name', created_at: 'created_at', volume_id: 'volume_id' },
};

const dialect = linkedAs('transfers_links');

const listTransfers = async (req: ApiRequest, { volumes }: VolumeFaceDeps) => {
  const listing = listingOf(req, rules);
  return ok(answeredPage(dialect, req, listing, { items: await volumes.transfers.list(req.ctx, listing) }));
};

const maybeText = nullable(t.String({ maxLength: 255 }));

const createBody = requestBody(
  'transfer',
  {
    volume_id: bodyField({ type: t.String({ minLength: 1, maxLength: 255 }), required: true }),
    name: bodyField({ type: maybeText }),
    no_snapshots: bodyField({ type: truth, since: v.transferSnapshots }),
  },
  { tolerant: true },
);

/** The key may be sent as a number. */
const acceptBody = requestBody(
  'accept',
  { auth_key: bodyField({ type: t.Unsafe<string | number>({ type: ['string', 'integer'], maxLength: 255 }), required: true }) },
  { tolerant: true },
);

const readsAt = (path: string, summary: string, since: Microversion) => [
  route({
    method: 'GET',
    path,
    summary: `List ${summary}.`,
    since,
    status: 200,
    answers: pageAnswer(dialect, 'transfers', transferSummary),
    handle: listTransfers,
  }),
  route({
    method: 'GET',
    path: `${path}/detail`,
    summary: `List ${summary} with all of their fields.`,
    since,
    status: 200,
    answers: pageAnswer(dialect, 'transfers', transferView),
    handle: listTransfers,
  }),
  route({
    method: 'GET',
    path: `${path}/{id}`,
    summary: `Show one of the ${summary}.`,
    since,
    status: 200,
    answers: envelope('transfer', transferView),
    handle: async ({ ctx, params }, { volumes }: VolumeFaceDeps) => ok(await volumes.transfers.show(ctx, params.id)),
  }),
];

/** By the older path, snapshots always stay behind. */
const changesAt = (path: string, since: Microversion, { takesSnapshots }: { readonly takesSnapshots: boolean }) => [
  route({
    method: 'POST',
    path,
    summary: 'Offer a volume to another project.',
    since,
    body: createBody,
    status: 202,
    answers: envelope('transfer', createdTransferView),
    handle: async ({ ctx, body }, { volumes }: VolumeFaceDeps) => {
      const noSnapshots = !takesSnapshots || (body.no_snapshots ?? false);
      const wanted = { volumeId: body.volume_id, name: body.name ?? null, noSnapshots };
      const { transfer, key } = await volumes.transfers.create(ctx, wanted);
      return ok({ ...transfer, key });
    },
  }),
  route({
    method: 'POST',
    path: `${path}/{id}/accept`,
    summary: 'Take a volume that is offered.',
    since,
    body: acceptBody,
    status: 202,
    answers: envelope('transfer', transferSummary),
    handle: async ({ ctx, params, body }, { volumes }: VolumeFaceDeps) =>
      ok(await volumes.accepting.accept(ctx, params.id, String(body.auth_key))),
  }),
  route({
    method: 'DELETE',
    path: `${path}/{id}`,
    summary: 'Take an offer of a volume back.',
    since,
    status: 202,
    handle: async ({ ctx, params }, { volumes }: VolumeFaceDeps) => {
      await volumes.transfers.delete(ctx, params.id);
      return done();
    },
  }),
];

export const transfersRoutes = [
  ...readsAt('/os-volume-transfer', 'offers of volumes by the older path', v.initial),
  ...changesAt('/os-volume-transfer', v.initial, { takesSnapshots: false }),
  ...readsAt('/volume-transfers', 'offers of volumes', v.transferSnapshots),
  ...changesAt('/volume-transfers', v.transferSnapshots, { takesSnapshots: true }),
];
