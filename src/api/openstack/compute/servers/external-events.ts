/** POST /os-server-external-events: what other services tell of servers, at every version. */
import { Type as t } from '@sinclair/typebox';
import type { Delivery, ExternalEvent, ExternalEventName } from '../../../../compute/servers/external-event-api.ts';
import { bodyObject } from '../../../../lib/versioning/body-object.ts';
import { plainBody } from '../../../../lib/versioning/request-body.ts';
import { field, omit, resource } from '../../../../lib/versioning/resource.ts';
import { stringEnum } from '../../../../lib/versioning/schema.ts';
import { bodyField, bodyVariants, upgraded } from '../../../../lib/versioning/shape.ts';
import { v } from '../../../../microversions.ts';
import { list } from '../../../pipeline/list.ts';
import { ok, route } from '../../../pipeline/route.ts';
import type { ServerFaceDeps } from './deps.ts';

const statuses = ['completed', 'failed', 'in-progress'] as const;

interface WireEvent {
  readonly name: ExternalEventName;
  readonly server_uuid: string;
  readonly status?: ExternalEvent['status'];
  readonly tag?: string;
}

/** Events of these names. */
const eventsOf = (...names: readonly ExternalEventName[]) =>
  upgraded(
    t.Array(
      t.Unsafe<WireEvent>(
        t.Object(
          {
            name: stringEnum([...names]),
            server_uuid: t.String({ format: 'uuid' }),
            status: t.Optional(stringEnum([...statuses])),
            tag: t.Optional(t.String({ maxLength: 255 })),
          },
          { additionalProperties: false },
        ),
      ),
      { minItems: 1 },
    ),
    (events): readonly ExternalEvent[] =>
      events.map(({ server_uuid, status = 'completed', ...event }) => ({ ...event, serverId: server_uuid, status })),
  );

/** The names, and the versions that brought more of them. */
const first = ['network-changed', 'network-vif-plugged', 'network-vif-unplugged', 'network-vif-deleted'] as const;
const later = [
  ['volume-extended', v.volumeExtended],
  ['power-update', v.powerUpdate],
  ['accelerator-request-bound', v.acceleratorBound],
  ['volume-reimaged', v.rebuildVolume],
] as const;

const events = bodyVariants(
  bodyField({ type: eventsOf(...first), until: later[0][1], required: true }),
  ...later.map(([, since], index) => {
    const names = later.slice(0, index + 1).map(([name]) => name);
    const until = later[index + 1]?.[1];
    return bodyField({ type: eventsOf(...first, ...names), since, ...(until && { until }), required: true });
  }),
);

/** An event and how it fared. */
export const externalEventView = resource<Delivery>()('event', {
  name: field(t.String(), ({ name }) => name),
  server_uuid: field(t.String({ format: 'uuid' }), ({ serverId }) => serverId),
  status: field(stringEnum([...statuses]), ({ status }) => status),
  tag: field(t.Optional(t.String()), ({ tag }) => tag ?? omit),
  code: field(t.Integer(), ({ code }) => code),
});

/** 207 when an event was not taken. */
export const createExternalEvents = route({
  method: 'POST',
  path: '/os-server-external-events',
  summary: 'Tell what happened to ports, volumes and the power of servers; each event is answered with a code.',
  body: plainBody(bodyObject({ events })),
  status: 200,
  answers: list('events', externalEventView),
  handle: async ({ ctx, body }, { externalEvents }: ServerFaceDeps) => {
    const items = await externalEvents.deliver(ctx, body.events ?? []);
    return ok({ items }, items.every(({ code }) => code === 200) ? {} : { status: 207 });
  },
});
