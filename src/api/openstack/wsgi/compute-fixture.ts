// A made-up compute API with one resource, on a real socket: what the pipeline's tests talk to.
import { request } from 'node:http';
import { Type as t } from '@sinclair/typebox';
import { systemClock } from '../../../lib/clock/clock.ts';
import { seededIds } from '../../../lib/clock/ids.ts';
import type { Context } from '../../../lib/context/context.ts';
import { errorType } from '../../../lib/errors/error-type.ts';
import type { Kind } from '../../../lib/errors/kind.ts';
import { createHttpServer } from '../../../lib/http/http-server.ts';
import { silentLog } from '../../../lib/log/log.ts';
import { manyParam, param, queryParams } from '../../../lib/versioning/query-params.ts';
import { requestBody } from '../../../lib/versioning/request-body.ts';
import { field, resource } from '../../../lib/versioning/resource.ts';
import { anyOf, stringEnum } from '../../../lib/versioning/schema.ts';
import { bodyField } from '../../../lib/versioning/shape.ts';
import { v } from '../../../microversions.ts';
import { collection, envelope, exactly } from './answer.ts';
import { Unauthenticated } from './auth.ts';
import { gone } from './gone.ts';
import { mountCompute } from './mount-compute.ts';
import { actionRoute, done, ok, route, type Route } from './route.ts';
import type { PolicyGate } from './site.ts';

export interface Server {
  readonly id: string;
  readonly name: string;
  readonly host: string;
}

export interface FixtureDeps {
  readonly servers: Map<string, Server>;
}

const ServerNotFound = errorType('ServerNotFound', 'not-found', (p: { id: string }) => `Instance ${p.id} could not be found.`);
const Forbidden = errorType('Forbidden', 'forbidden', (p: { rule: string }) => `Policy doesn't allow ${p.rule} to be performed.`);

const serverView = resource<Server>()('server', {
  id: field(t.String(), (server) => server.id),
  name: field(t.String(), (server) => server.name),
  links: field(t.Array(t.Object({ rel: t.String(), href: t.String() })), ({ id }, { baseUrl, bookmarkUrl }) => [
    { rel: 'self', href: `${baseUrl}/servers/${id}` },
    { rel: 'bookmark', href: `${bookmarkUrl}/servers/${id}` },
  ]),
  'OS-EXT-SRV-ATTR:host': field(t.String(), (server) => server.host, { policy: 'see-hosts' }),
  locked: field(t.Boolean(), () => false, { since: v.lockState }),
});

const create = requestBody('server', {
  name: bodyField({ type: t.String(), required: true }),
  flavorRef: bodyField({ type: anyOf(t.String({ minLength: 1 }), t.Integer()), required: true }),
  imageRef: bodyField({ type: t.String() }),
  networks: bodyField({ type: stringEnum(['auto', 'none']), since: v.autoNetworks, required: true }),
});

const find = ({ servers }: FixtureDeps, id: string): Server => {
  const found = servers.get(id);
  if (!found) throw ServerNotFound({ id });
  return found;
};

const showServer = route({
  method: 'GET',
  path: '/servers/{id}',
  summary: 'Show a server.',
  policy: 'show',
  status: 200,
  answers: envelope('server', serverView),
  handle: ({ params }, deps: FixtureDeps) => ok(find(deps, params.id)),
});

const listServers = route({
  method: 'GET',
  path: '/servers',
  summary: 'List servers.',
  query: queryParams(
    { limit: param({ type: t.String({ pattern: '^[0-9]*$' }), read: Number }), status: manyParam() },
    { strict: { since: v.strictKeys }, tolerate: '^_' },
  ),
  status: 200,
  answers: collection('servers', serverView),
  handle: ({ query, url }, { servers }: FixtureDeps) => {
    const items = [...servers.values()].slice(0, query.limit);
    return ok({ items, next: items.length < servers.size ? `${url}?limit=${query.limit}&marker=${items.at(-1)?.id}` : undefined });
  },
});

const createServer = route({
  method: 'POST',
  path: '/servers',
  summary: 'Create a server.',
  body: create,
  status: 202,
  answers: envelope('server', serverView),
  handle: ({ body, baseUrl }) =>
    ok({ id: 'new', name: body.name, host: body.networks ?? 'none asked' }, { headers: { Location: `${baseUrl}/servers/new` } }),
});

const stop = actionRoute({
  key: 'os-stop',
  summary: 'Stop a server.',
  body: t.Null(),
  status: 202,
  handle: ({ params }, deps: FixtureDeps) => {
    find(deps, params.id);
    return done();
  },
});

const addFixedIp = actionRoute({
  key: 'addFixedIp',
  summary: 'Add an address.',
  until: v.noAddressActions,
  body: t.Object({ networkId: t.String() }),
  status: 202,
  handle: () => done(),
});

const fail = route({
  method: 'GET',
  path: '/fail/{kind}',
  summary: 'Fail in a kind.',
  status: 200,
  answers: exactly(t.Null()),
  handle: ({ params }) => {
    // Seam: the test names real kinds.
    throw errorType('Failed', params.kind as Kind, () => 'It failed in /etc/secret.')({});
  },
});

const version = route({
  method: 'GET',
  path: '/',
  summary: 'The version document.',
  auth: 'none',
  status: 200,
  answers: exactly(t.Object({ version: t.String() })),
  handle: () => ok({ version: 'v2.1' }),
});

const images = route({
  method: 'GET',
  path: '/images',
  summary: 'A proxy that is gone.',
  until: v.noProxies,
  status: 200,
  answers: exactly(t.Array(t.String())),
  handle: () => ok([]),
});

/** The fixture's routes. */
export const routes: readonly Route<FixtureDeps>[] = [
  showServer,
  listServers,
  createServer,
  route({ method: 'DELETE', path: '/servers/{id}', summary: 'Delete a server.', status: 204, handle: () => done() }),
  stop,
  addFixedIp,
  fail,
  version,
  images,
  gone('GET', '/os-cells'),
];

/** The project that the token `good` belongs to; `admin` belongs to it too. */
export const projectId = '11bb9d20d20847cdae8e4044fd666ee6';

const policy: PolicyGate = {
  check: (ctx, rule) => {
    if (ctx.roles.includes('stranger')) throw Forbidden({ rule });
  },
  may: (ctx) => ctx.isAdmin,
};

const authenticate = async (token: string): Promise<Context> => {
  if (!['good', 'admin', 'stranger'].includes(token)) throw Unauthenticated({});
  return { requestId: 'to be replaced', userId: 'u', projectId, roles: [token], isAdmin: token === 'admin' };
};

/** Starts the fixture on a free port. */
export async function startFixture() {
  const server = createHttpServer({ log: silentLog, clock: systemClock, ids: seededIds(), limits: { bodyBytes: 1_000 } });
  const servers = new Map(
    [
      { id: 'a', name: 'one', host: 'h1' },
      { id: 'b', name: 'two', host: 'h2' },
    ].map((one) => [one.id, one]),
  );
  mountCompute(server, { routes, deps: { servers }, log: silentLog, authenticate, policy, identityUrl: 'http://127.0.0.1:5000' });
  const { url } = await server.listen({ host: '127.0.0.1', port: 0 });
  return { url, close: () => server.close() };
}

export interface Reply {
  readonly status: number;
  /** Header lines as sent, in order, names as written. */
  readonly lines: readonly string[];
  readonly header: (name: string) => string | undefined;
  readonly text: string;
  readonly json: unknown;
}

/** One request whose answer keeps every header line, repeated ones too. */
export function ask(url: string, options: { method?: string; headers?: Record<string, string>; body?: string } = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: options.method ?? 'GET', headers: options.headers ?? {}, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => {
        const raw = answer.rawHeaders;
        const lines = raw.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${raw[index + 1]}`] : []));
        const header = (name: string) => {
          const value = answer.headers[name.toLowerCase()];
          return Array.isArray(value) ? value.join(', ') : value;
        };
        resolve({ status: answer.statusCode ?? 0, lines, header, text, json: text === '' ? undefined : JSON.parse(text) });
      });
    });
    sent.on('error', reject).end(options.body);
  });
}
