import { Type as t } from '@sinclair/typebox';
import type { ServerUpdate } from '../../../../compute/servers/edit-api.ts';
import { requestBody, type RequestBody } from '../../../../lib/versioning/request-body.ts';
import { nullable, stringEnum } from '../../../../lib/versioning/schema.ts';
import { bodyField, bodyVariants } from '../../../../lib/versioning/shape.ts';
import { v } from '../../../../microversions.ts';
import { envelope } from '../../../pipeline/answer.ts';
import { ok, route } from '../../../pipeline/route.ts';
import type { ServerFaceDeps } from './deps.ts';
import { name } from '../../../../operations/wire/words.ts';
import { accessIpV6 } from '../../../../operations/wire/access-address.ts';
import { hostNameFields } from '../../../../operations/wire/host-name.ts';
import { shownAlone } from './shown-alone.ts';
import { updatedServerView } from './view.ts';

type Deps = ServerFaceDeps;

const updateBody = requestBody('server', {
  name: bodyField({ type: name }),
  'OS-DCF:diskConfig': bodyField({ type: stringEnum(['AUTO', 'MANUAL']) }),
  accessIPv4: bodyField({ type: t.String({ format: 'ipv4' }) }),
  accessIPv6: bodyField({ type: t.String({ format: 'ipv6' }) }),
  description: bodyField({ type: nullable(t.String({ maxLength: 255 })), since: v.description }),
  hostname: bodyVariants(...hostNameFields),
  pinned_availability_zone: bodyField({ type: nullable(t.String({ minLength: 1, maxLength: 255 })), since: v.pinToZone }),
});

type Update = typeof updateBody extends RequestBody<infer H> ? H : never;

function updateOf(body: Update): ServerUpdate {
  const { name: newName, 'OS-DCF:diskConfig': diskConfig, accessIPv4, accessIPv6, description, hostname } = body;
  const pinnedZone = body.pinned_availability_zone;
  return {
    ...(newName === undefined ? {} : { name: newName }),
    ...(diskConfig === undefined ? {} : { diskConfig }),
    ...(accessIPv4 === undefined ? {} : { accessIpV4: accessIPv4 }),
    ...(accessIPv6 === undefined ? {} : { accessIpV6: accessIpV6(accessIPv6) }),
    ...(description === undefined ? {} : { description }),
    ...(hostname === undefined ? {} : { hostname }),
    ...(pinnedZone === undefined ? {} : { pinnedZone }),
  };
}

export const updateServer = route({
  method: 'PUT',
  path: '/servers/{id}',
  summary: 'Change name, description and addresses of a server; pin it to its zone, or unpin it.',
  body: updateBody,
  status: 200,
  answers: envelope('server', updatedServerView),
  handle: async (req, deps: Deps) =>
    ok(
      await shownAlone(req, deps, {
        id: req.params.id,
        read: () => deps.serverEdits.update(req.ctx, req.params.id, updateOf(req.body)),
      }),
    ),
});
