import { Type as t } from '@sinclair/typebox';
import { bodyObject } from '../../../../lib/versioning/body-object.ts';
import { plainBody } from '../../../../lib/versioning/request-body.ts';
import { param, queryParams } from '../../../../lib/versioning/query-params.ts';
import { nullable, strictObject } from '../../../../lib/versioning/schema.ts';
import { bodyField } from '../../../../lib/versioning/shape.ts';
import { HttpFault } from '../../../../lib/http/http-fault.ts';
import { exactly } from '../../../pipeline/answer.ts';
import { ok, route } from '../../../pipeline/route.ts';
import type { VolumeFaceDeps } from '../deps.ts';
import { v } from '../microversions.ts';
import { timeText } from '../wire.ts';

const text = nullable(t.String());

const service = t.Object(
  {
    binary: t.String(),
    host: t.String(),
    zone: t.String(),
    status: t.String(),
    state: t.String(),
    updated_at: text,
    disabled_reason: text,
    replication_status: t.Optional(text),
    active_backend_id: t.Optional(text),
    frozen: t.Optional(t.Boolean()),
    cluster: t.Optional(text),
    backend_state: t.Optional(t.String()),
  },
  { additionalProperties: false },
);

const listServices = route({
  method: 'GET',
  path: '/os-services',
  summary: 'List the services of volumes.',
  query: queryParams({ host: param(), binary: param(), service: param() }),
  status: 200,
  answers: exactly(t.Object({ services: t.Array(service) })),
  handle: async ({ ctx, at, query }, { volumes }: VolumeFaceDeps) => {
    const binary = query.binary ?? query.service;
    const found = await volumes.fleet.services(ctx, {
      ...(query.host === undefined ? {} : { host: query.host }),
      ...(binary === undefined ? {} : { binary }),
    });
    return ok({
      services: found.map(({ binary: name, host, disabled, disabledReason, zone, isUp, seenAt }) => ({
        binary: name,
        host,
        zone,
        status: disabled ? 'disabled' : 'enabled',
        state: isUp ? 'up' : 'down',
        updated_at: timeText(seenAt),
        disabled_reason: disabledReason,
        ...(name === 'cinder-volume' ? { replication_status: 'disabled', active_backend_id: null, frozen: false } : {}),
        ...(at(v.clusters) ? { cluster: null } : {}),
        ...(at(v.backendState) && name === 'cinder-volume' ? { backend_state: isUp ? 'up' : 'down' } : {}),
      })),
    });
  },
});

const switchBody = plainBody(
  bodyObject(
    {
      host: bodyField({ type: t.String({ minLength: 1, maxLength: 255 }), required: true }),
      binary: bodyField({ type: t.String({ minLength: 1, maxLength: 255 }) }),
      service: bodyField({ type: t.String({ minLength: 1, maxLength: 255 }) }),
      disabled_reason: bodyField({ type: t.String({ minLength: 1, maxLength: 255 }) }),
    },
    { tolerant: true },
  ),
);

const switched = exactly(
  strictObject({
    host: t.String(),
    service: t.String(),
    binary: t.String(),
    status: t.String(),
    disabled: t.Boolean(),
    disabled_reason: t.Optional(t.String()),
  }),
);

const switchServices = (word: 'enable' | 'disable' | 'disable-log-reason') =>
  route({
    method: 'PUT',
    path: `/os-services/${word}`,
    summary: word === 'enable' ? 'Let a service take new volumes.' : 'Keep new volumes from a service.',
    body: switchBody,
    status: 200,
    answers: switched,
    handle: async ({ ctx, body }, { volumes }: VolumeFaceDeps) => {
      const { host, disabled_reason: reason } = body;
      const binary = body.binary ?? body.service;
      if (binary === undefined) throw new HttpFault(400, "Missing required element 'binary' in request body.");
      if (word === 'disable-log-reason' && reason === undefined)
        throw new HttpFault(400, "Missing required element 'disabled_reason' in request body.");
      const enabled = word === 'enable';
      await volumes.fleet.setEnabled(ctx, { host, binary }, { enabled, reason: reason ?? null });
      return ok({
        host,
        service: binary,
        binary,
        status: enabled ? 'enabled' : 'disabled',
        disabled: !enabled,
        ...(word === 'disable-log-reason' && reason !== undefined ? { disabled_reason: reason } : {}),
      });
    },
  });

export const servicesRoutes = [listServices, ...(['enable', 'disable', 'disable-log-reason'] as const).map(switchServices)];
