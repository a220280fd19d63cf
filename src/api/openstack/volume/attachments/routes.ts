import { Type as t } from '@sinclair/typebox';
import { requestBody } from '../../../../lib/versioning/request-body.ts';
import { nullable, stringEnum } from '../../../../lib/versioning/schema.ts';
import { bodyField } from '../../../../lib/versioning/shape.ts';
import { envelope } from '../../../pipeline/answer.ts';
import { list as wholeListOf } from '../../../pipeline/list.ts';
import { actionRoute, type ApiRequest, done, ok, route } from '../../../pipeline/route.ts';
import type { VolumeFaceDeps } from '../deps.ts';
import { type ListRules, listingOf } from '../list-query.ts';
import { v } from '../microversions.ts';
import { anyObject } from '../wire.ts';
import { attachmentSummary, attachmentView } from './view.ts';

const since = v.attachments;
const rules: ListRules = {
  filters: {
    volume_id: { column: 'volume_id', kind: 'text' },
    status: { column: 'status', kind: 'text' },
    attach_status: { column: 'status', kind: 'text' },
    instance_id: { column: 'server_id', kind: 'text' },
  },
  sort: { id: 'id', created_at: 'created_at', updated_at: 'updated_at', volume_id: 'volume_id', status: 'status' },
};

const listAttachments = async (req: ApiRequest, { volumes }: VolumeFaceDeps) =>
  ok({ items: await volumes.attachments.list(req.ctx, listingOf(req, rules)) });

const list = route({
  method: 'GET',
  path: '/attachments',
  summary: 'List attachments.',
  since,
  status: 200,
  answers: wholeListOf('attachments', attachmentSummary),
  handle: listAttachments,
});

const listInDetail = route({
  method: 'GET',
  path: '/attachments/detail',
  summary: 'List attachments with all of their fields.',
  since,
  status: 200,
  answers: wholeListOf('attachments', attachmentView),
  handle: listAttachments,
});

const show = route({
  method: 'GET',
  path: '/attachments/{id}',
  summary: 'Show an attachment.',
  since,
  status: 200,
  answers: envelope('attachment', attachmentView),
  handle: async ({ ctx, params }, { volumes }: VolumeFaceDeps) => ok(await volumes.attachments.show(ctx, params.id)),
});

const createBody = requestBody('attachment', {
  volume_uuid: bodyField({ type: t.String({ minLength: 1, maxLength: 255 }), required: true }),
  instance_uuid: bodyField({ type: nullable(t.String({ minLength: 1, maxLength: 255 })) }),
  connector: bodyField({ type: nullable(anyObject) }),
  mode: bodyField({ type: nullable(stringEnum(['rw', 'ro'])), since: v.attachMode }),
});

const create = route({
  method: 'POST',
  path: '/attachments',
  summary: 'Reserve a volume, and with a connector connect it.',
  since,
  body: createBody,
  status: 200,
  answers: envelope('attachment', attachmentView),
  handle: async ({ ctx, body }, { volumes }: VolumeFaceDeps) =>
    ok(
      await volumes.attachments.create(ctx, {
        volumeId: body.volume_uuid,
        serverId: body.instance_uuid ?? null,
        connector: isEmpty(body.connector) ? null : body.connector,
        mode: body.mode ?? null,
      }),
    ),
});

const isEmpty = (connector: object | null | undefined): connector is null | undefined =>
  connector === null || connector === undefined || Object.keys(connector).length === 0;

const updateBody = requestBody('attachment', {
  connector: bodyField({ type: t.Unsafe<Record<string, unknown>>({ type: 'object', minProperties: 1 }), required: true }),
  mode: bodyField({ type: nullable(stringEnum(['rw', 'ro'])), since: v.attachMode }),
});

const update = route({
  method: 'PUT',
  path: '/attachments/{id}',
  summary: 'Connect the volume of an attachment to a host.',
  since,
  body: updateBody,
  status: 200,
  answers: envelope('attachment', attachmentView),
  handle: async ({ ctx, params, body }, { volumes }: VolumeFaceDeps) =>
    ok(await volumes.attachments.connect(ctx, params.id, body.connector, body.mode ?? undefined)),
});

const complete = actionRoute({
  key: 'os-complete',
  path: '/attachments/{id}/action',
  summary: 'Note that a server has the volume.',
  since: v.completeAttachment,
  body: t.Unsafe<unknown>({ type: ['object', 'null', 'string'] }),
  status: 204,
  handle: async ({ ctx, params }, { volumes }: VolumeFaceDeps) => {
    await volumes.attachments.complete(ctx, params.id);
    return done();
  },
});

const remove = route({
  method: 'DELETE',
  path: '/attachments/{id}',
  summary: 'End an attachment; answers those that the volume still has.',
  since,
  status: 200,
  answers: wholeListOf('attachments', attachmentSummary),
  handle: async ({ ctx, params }, { volumes }: VolumeFaceDeps) => ok({ items: await volumes.attachments.delete(ctx, params.id) }),
});

export const attachmentsRoutes = [list, listInDetail, show, create, update, complete, remove];
