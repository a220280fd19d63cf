import { Type as t } from '@sinclair/typebox';
import type { WantedVolume } from '../../../../compute/servers/volume-attachment-api.ts';
import { bodyObject } from '../../../../lib/versioning/body-object.ts';
import { queryParams } from '../../../../lib/versioning/query-params.ts';
import { plainBody } from '../../../../lib/versioning/request-body.ts';
import { nullable } from '../../../../lib/versioning/schema.ts';
import { bodyField, upgraded } from '../../../../lib/versioning/shape.ts';
import { v } from '../../../../microversions.ts';
import { boolish, isYes } from '../../../../operations/wire/words.ts';
import { envelope } from '../../../pipeline/answer.ts';
import { list, pageSize } from '../../../pipeline/list.ts';
import { type ApiRequest, done, ok, route } from '../../../pipeline/route.ts';
import { offsetPaging } from '../paging.ts';
import type { ServerFaceDeps } from './deps.ts';
import { tag } from './tags.ts';
import { attachmentView, newAttachmentView } from './volume-attachment-view.ts';

type Deps = ServerFaceDeps;

const uuid = t.String({ format: 'uuid' });
const device = nullable(t.String({ pattern: '(^/dev/x{0,1}[a-z]{0,1}d{0,1})([a-z]+)[0-9]*$' }));

const attachBody = bodyObject({
  volumeId: bodyField({ type: uuid, required: true }),
  device: bodyField({ type: device }),
  tag: bodyField({ type: tag, since: v.attachTags }),
  delete_on_termination: bodyField({ type: upgraded(boolish, isYes), since: v.attachmentDeletes }),
});
const attaching = plainBody(bodyObject({ volumeAttachment: bodyField({ type: attachBody, required: true }) }));

const changeBody = bodyObject({
  volumeId: bodyField({ type: uuid, required: true }),
  device: bodyField({ type: device, since: v.changeAttachment }),
  tag: bodyField({ type: tag, since: v.changeAttachment }),
  delete_on_termination: bodyField({ type: upgraded(boolish, isYes), since: v.changeAttachment }),
  serverId: bodyField({ type: uuid, since: v.changeAttachment }),
  id: bodyField({ type: uuid, since: v.changeAttachment }),
});

const COLLECTION = '/servers/{id}/os-volume_attachments';
const ITEM = '/servers/{id}/os-volume_attachments/{volume}';

interface Attaching extends Pick<ApiRequest, 'at'> {
  readonly body: {
    readonly volumeAttachment: {
      readonly volumeId: string;
      readonly tag?: string | undefined;
      readonly delete_on_termination?: boolean | undefined;
    };
  };
}

const wantedIn = ({ body: { volumeAttachment: asked }, at }: Attaching): WantedVolume => ({
  volumeId: asked.volumeId,
  tag: asked.tag ?? null,
  isDeletedWithServer: asked.delete_on_termination ?? false,
  mayBeShared: at(v.multiattach),
});

/** The volumes of a server. */
export const volumeAttachmentRoutes = [
  route({
    method: 'GET',
    path: COLLECTION,
    summary: 'List the volumes of a server.',
    query: queryParams(offsetPaging, { strict: { since: v.flavorNameFilter } }),
    status: 200,
    answers: list('volumeAttachments', attachmentView),
    handle: async ({ ctx, params, query }, { volumeAttachments, maxLimit }: Deps) => {
      const page = { offset: query.offset ?? 0, limit: pageSize(query.limit, { longest: maxLimit, zero: 'longest' }) };
      return ok({ items: await volumeAttachments.list(ctx, params.id, page) });
    },
  }),
  route({
    method: 'GET',
    path: ITEM,
    summary: 'Show a volume of a server.',
    status: 200,
    answers: envelope('volumeAttachment', attachmentView),
    handle: async ({ ctx, params }, { volumeAttachments }: Deps) => ok(await volumeAttachments.show(ctx, params.id, params.volume)),
  }),
  route({
    method: 'POST',
    path: COLLECTION,
    summary: 'Attach a volume to a server; answered when its guest has it.',
    until: v.asyncVolumeAttach,
    body: attaching,
    status: 200,
    answers: envelope('volumeAttachment', newAttachmentView),
    handle: async (req, { volumeAttachments }: Deps) => ok(await volumeAttachments.attach(req.ctx, req.params.id, wantedIn(req))),
  }),
  route({
    method: 'POST',
    path: COLLECTION,
    summary: 'Begin to attach a volume to a server.',
    since: v.asyncVolumeAttach,
    body: attaching,
    status: 202,
    handle: async (req, { volumeAttachments }: Deps) => {
      await volumeAttachments.beginAttaching(req.ctx, req.params.id, wantedIn(req));
      return done();
    },
  }),
  route({
    method: 'PUT',
    path: ITEM,
    summary: 'Change whether a volume is deleted with its server, or put another volume in its place.',
    body: plainBody(bodyObject({ volumeAttachment: bodyField({ type: changeBody, required: true }) })),
    status: 202,
    handle: async ({ ctx, params, body: { volumeAttachment: asked }, at }, { volumeAttachments }: Deps) => {
      const isSame = asked.volumeId.toLowerCase() === params.volume.toLowerCase();
      if (!at(v.changeAttachment) || !isSame) await volumeAttachments.swap(ctx, params.id, params.volume);
      const { id, serverId, device: named, tag: tagged, delete_on_termination: isDeletedWithServer } = asked;
      const expected = { id, serverId, device: named, tag: tagged };
      await volumeAttachments.update(ctx, params.id, params.volume, { isDeletedWithServer, expected });
      return done();
    },
  }),
  route({
    method: 'DELETE',
    path: ITEM,
    summary: 'Detach a volume from a server.',
    status: 202,
    handle: async ({ ctx, params }, { volumeAttachments }: Deps) => {
      await volumeAttachments.detach(ctx, params.id, params.volume);
      return done();
    },
  }),
];
