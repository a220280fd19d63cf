/** Consoles of servers: four actions at first, then /servers/{id}/remote-consoles; and what is behind a token of one. */
import { Type as t } from '@sinclair/typebox';
import type { WantedConsole } from '../../../../compute/servers/console-api.ts';
import { queryParams } from '../../../../lib/versioning/query-params.ts';
import { requestBody } from '../../../../lib/versioning/request-body.ts';
import { field, resource } from '../../../../lib/versioning/resource.ts';
import { nullable, strictObject, stringEnum } from '../../../../lib/versioning/schema.ts';
import { bodyField, members } from '../../../../lib/versioning/shape.ts';
import { v } from '../../../../microversions.ts';
import type { OpenedConsole } from '../../../../objects/console.ts';
import { envelope, exactly } from '../../../pipeline/answer.ts';
import { actionRoute, ok, route } from '../../../pipeline/route.ts';
import type { ServerFaceDeps } from './deps.ts';

type Deps = ServerFaceDeps;

const shown = strictObject({ console: strictObject({ type: t.String(), url: t.String() }) });

/** One of the actions; the protocol is in its name. */
const consoleAction = (key: string, protocol: string, types: readonly string[]) =>
  actionRoute({
    key,
    summary: `Open a console of a server by ${protocol}.`,
    until: v.remoteConsoles,
    body: strictObject({ type: stringEnum([...types]) }),
    status: 200,
    answers: exactly(shown),
    handle: async ({ ctx, params, body: { type } }, { consoles }: Deps) =>
      ok({ console: { type, url: await consoles.open(ctx, params.id, { protocol, type }) } }),
  });

const protocols = members({ vnc: {}, spice: {}, serial: {}, rdp: {}, mks: { since: v.mksConsoles } });
const types = members({
  novnc: {},
  xvpvnc: {},
  'spice-html5': {},
  serial: {},
  'rdp-html5': {},
  webmks: { since: v.mksConsoles },
  'spice-direct': { since: v.spiceDirect },
});

/** A console and its address. */
export const remoteConsoleView = resource<WantedConsole & { readonly url: string }>()('remote_console', {
  protocol: field(t.String(), ({ protocol }) => protocol),
  type: field(t.String(), ({ type }) => type),
  url: field(t.String(), ({ url }) => url),
});

/** Where a proxy connects to. */
export const consoleTokenView = resource<OpenedConsole>()('console', {
  instance_uuid: field(t.String({ format: 'uuid' }), ({ serverId }) => serverId),
  host: field(nullable(t.String()), ({ door }) => door.address),
  port: field(t.Integer(), ({ door }) => door.port),
  internal_access_path: field(nullable(t.String()), ({ door }) => door.path),
  // No console here has a second port for TLS: its only one takes both.
  tls_port: field(nullable(t.Integer()), () => null, { since: v.spiceDirect }),
});

const looked = {
  method: 'GET',
  path: '/os-console-auth-tokens/{console_token}',
  query: queryParams({}, { strict: { since: v.spiceDirect } }),
  status: 200,
  answers: envelope('console', consoleTokenView),
} as const;

export const consoleRoutes = [
  consoleAction('os-getVNCConsole', 'vnc', ['novnc', 'xvpvnc']),
  consoleAction('os-getSPICEConsole', 'spice', ['spice-html5']),
  consoleAction('os-getSerialConsole', 'serial', ['serial']),
  route({
    method: 'POST',
    path: '/servers/{id}/remote-consoles',
    summary: 'Open a console of a server.',
    since: v.remoteConsoles,
    body: requestBody('remote_console', {
      protocol: bodyField({ type: protocols, required: true }),
      type: bodyField({ type: types, required: true }),
    }),
    status: 200,
    answers: envelope('remote_console', remoteConsoleView),
    handle: async ({ ctx, params, body }, { consoles }: Deps) => ok({ ...body, url: await consoles.open(ctx, params.id, body) }),
  }),
  route({
    ...looked,
    summary: 'Looked up the token of an RDP console; there are none any more.',
    until: v.allConsoleTokens,
    handle: async ({ ctx }, { consoles }: Deps) => consoles.lookUpRdp(ctx),
  }),
  route({
    ...looked,
    summary: 'Show what is behind the token of a console. The path is good for one connection.',
    since: v.allConsoleTokens,
    handle: async ({ ctx, params }, { consoles }: Deps) => ok(await consoles.lookUp(ctx, params.console_token)),
  }),
];
