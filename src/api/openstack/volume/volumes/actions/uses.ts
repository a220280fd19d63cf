import { Type as t } from '@sinclair/typebox';
import { nullable, strictObject, stringEnum } from '../../../../../lib/versioning/schema.ts';
import { bodyField } from '../../../../../lib/versioning/shape.ts';
import { bodyObject } from '../../../../../lib/versioning/body-object.ts';
import { exactly } from '../../../../pipeline/answer.ts';
import { actionRoute, ok } from '../../../../pipeline/route.ts';
import type { VolumeFaceDeps } from '../../deps.ts';
import { anyObject } from '../../wire.ts';
import { action, nothing } from './action.ts';

const maybeText = nullable(t.String({ maxLength: 255 }));
const connectorBody = bodyObject({ connector: bodyField({ type: anyObject, required: true }) }, { tolerant: true });

const useBody = bodyObject({
  mountpoint: bodyField({ type: t.String({ minLength: 1, maxLength: 255 }), required: true }),
  instance_uuid: bodyField({ type: maybeText }),
  host_name: bodyField({ type: maybeText }),
  mode: bodyField({ type: stringEnum(['rw', 'ro']) }),
});

const shownConnection = exactly(
  strictObject({ connection_info: strictObject({ driver_volume_type: t.String(), data: t.Record(t.String(), t.Unknown()) }) }),
);

const initializeConnection = actionRoute({
  key: 'os-initialize_connection',
  path: '/volumes/{id}/action',
  summary: 'Connect a volume to a host.',
  body: connectorBody,
  status: 200,
  answers: shownConnection,
  handle: async ({ ctx, params, body }, { volumes }: VolumeFaceDeps) => {
    const { type, data } = await volumes.oldAttaching.initializeConnection(ctx, params.id, body.connector);
    return ok({ connection_info: { driver_volume_type: type, data } });
  },
});

/** Actions of those who attach volumes in the older way. */
export const useActions = [
  action({
    key: 'os-reserve',
    summary: 'Reserve a volume for an attachment.',
    body: nothing,
    run: (volumes, { ctx }, id) => volumes.oldAttaching.reserve(ctx, id),
  }),
  action({
    key: 'os-unreserve',
    summary: 'Give a reservation back.',
    body: nothing,
    run: (volumes, { ctx }, id) => volumes.oldAttaching.unreserve(ctx, id),
  }),
  action({
    key: 'os-begin_detaching',
    summary: 'Note that a volume is being detached.',
    body: nothing,
    run: (volumes, { ctx }, id) => volumes.oldAttaching.beginDetaching(ctx, id),
  }),
  action({
    key: 'os-roll_detaching',
    summary: 'Note that a volume is attached after all.',
    body: nothing,
    run: (volumes, { ctx }, id) => volumes.oldAttaching.rollDetaching(ctx, id),
  }),
  action({
    key: 'os-attach',
    summary: 'Note that a server or host has a volume.',
    body: useBody,
    run: (volumes, { ctx, body }, id) =>
      volumes.oldAttaching.attach(ctx, id, {
        serverId: body.instance_uuid ?? null,
        attachedHost: body.host_name ?? null,
        mountpoint: body.mountpoint,
        mode: body.mode ?? 'rw',
      }),
  }),
  action({
    key: 'os-detach',
    summary: 'Note that a server or host has given a volume back.',
    body: t.Unsafe<{ readonly attachment_id?: string | null } | null>({
      type: ['object', 'null'],
      properties: { attachment_id: maybeText },
      additionalProperties: false,
    }),
    run: (volumes, { ctx, body }, id) => volumes.oldAttaching.detach(ctx, id, body?.attachment_id ?? undefined),
  }),
  initializeConnection,
  action({
    key: 'os-terminate_connection',
    summary: 'End the connection of a volume to a host.',
    body: connectorBody,
    run: (volumes, { ctx, body }, id) => volumes.oldAttaching.terminateConnection(ctx, id, body.connector),
  }),
];
