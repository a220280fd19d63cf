// The legacy way to change services, before uuids: a verb in the URL, host and binary in the body.
import { Type as t } from '@sinclair/typebox';
import type { ServiceChanges } from '../../../../compute/fleet/service-api.ts';
import { HttpFault } from '../../../../lib/http/http-fault.ts';
import { bodyObject } from '../../../../lib/versioning/body-object.ts';
import { plainBody } from '../../../../lib/versioning/request-body.ts';
import { bodyField, upgraded } from '../../../../lib/versioning/shape.ts';
import { InvalidInput } from '../../../../lib/versioning/validation.ts';
import { v } from '../../../../microversions.ts';
import { exactly } from '../../../pipeline/answer.ts';
import { type ApiRequest, ok, route } from '../../../pipeline/route.ts';
import type { ComputeFaceDeps } from '../deps.ts';
import { boolish, isYes } from '../../../../operations/wire/words.ts';

const text = t.String({ minLength: 1, maxLength: 255 });

const body = plainBody(
  bodyObject({
    host: bodyField({ type: text, required: true }),
    binary: bodyField({ type: text, required: true }),
    disabled_reason: bodyField({ type: text }),
    forced_down: bodyField({ type: upgraded(boolish, isYes), since: v.forcedDown }),
  }),
);

interface Asked {
  readonly disabled_reason?: string;
  readonly forced_down?: boolean;
}

/** What a verb changes, and what its answer shows besides host and binary. */
interface Effect {
  readonly changes: ServiceChanges;
  readonly told: { readonly status?: string; readonly disabled_reason?: string; readonly forced_down?: boolean };
}

const verbs: Readonly<Record<string, (asked: Asked) => Effect>> = {
  enable: () => ({ changes: { disabled: false, disabledReason: null }, told: { status: 'enabled' } }),
  disable: () => ({ changes: { disabled: true, disabledReason: null }, told: { status: 'disabled' } }),
  'disable-log-reason': ({ disabled_reason: reason }) => {
    if (reason === undefined) throw InvalidInput({ message: 'Missing disabled reason field' });
    return { changes: { disabled: true, disabledReason: reason }, told: { status: 'disabled', disabled_reason: reason } };
  },
};

const forceDown = ({ forced_down: isForced }: Asked): Effect => {
  if (isForced === undefined) throw InvalidInput({ message: 'Missing forced_down field' });
  return { changes: { forcedDown: isForced }, told: { forced_down: isForced } };
};

function effectOf(verb: string, asked: Asked, at: ApiRequest['at']): Effect {
  const does = verb === 'force-down' && at(v.forcedDown) ? forceDown : Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  if (!does) throw new HttpFault(404, 'Unknown action');
  return does(asked);
}

const told = t.Object({
  service: t.Object({
    host: t.String(),
    binary: t.String(),
    status: t.Optional(t.String()),
    disabled_reason: t.Optional(t.String()),
    forced_down: t.Optional(t.Boolean()),
  }),
});

export const changeServiceByVerb = route({
  method: 'PUT',
  path: '/os-services/{verb}',
  summary: 'Enable, disable or force down a service, by a verb in the URL.',
  until: v.uuidsOfServices,
  policy: 'os_compute_api:os-services:update',
  body,
  status: 200,
  answers: exactly(told),
  handle: async ({ ctx, params, body: asked, at }, { services }: ComputeFaceDeps) => {
    const { host, binary } = asked;
    const effect = effectOf(params.verb, asked, at);
    await services.change(ctx, { host, binary }, effect.changes);
    return ok({ service: { host, binary, ...effect.told } });
  },
});
