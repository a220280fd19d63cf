import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Type as t } from '@sinclair/typebox';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../lib/clock/clock.ts';
import { seededIds } from '../../lib/clock/ids.ts';
import { errorType } from '../../lib/errors/error-type.ts';
import { createHttpServer, type HttpServer } from '../../lib/http/http-server.ts';
import { silentLog } from '../../lib/log/log.ts';
import { envelopeBody } from '../../lib/versioning/request-body.ts';
import { Unauthenticated } from './auth.ts';
import { bytes, exactly } from './answer.ts';
import { mountService } from './mount-service.ts';
import { done, ok, route } from './route.ts';

const QuotaFull = errorType('QuotaFull', 'over-limit', () => 'No more networks.');
const stored = new Map<string, string>();

const routes = [
  route({
    method: 'POST',
    path: '/auth/tokens',
    summary: 'Issue a token.',
    auth: 'none',
    body: envelopeBody('auth', t.Object({ user: t.String() })),
    status: 201,
    answers: exactly(t.Object({ token: t.Object({ user: t.String() }) })),
    handle: ({ body }) => ok({ token: { user: body.user } }, { headers: { 'X-Subject-Token': 'good' } }),
  }),
  route({ method: 'POST', path: '/networks', summary: 'Make a network.', status: 201, handle: () => Promise.reject(QuotaFull({})) }),
  route({
    method: 'PUT',
    path: '/images/{id}/file',
    summary: 'Store an image.',
    streams: true,
    status: 204,
    handle: async ({ params, stream }) => {
      stored.set(params.id, await text(stream));
      return done();
    },
  }),
  route({
    method: 'GET',
    path: '/images/{id}/file',
    summary: 'Fetch an image.',
    status: 200,
    answers: bytes,
    handle: ({ params }) =>
      ok({ stream: Readable.from([Buffer.from(stored.get(params.id) ?? '')]), contentType: 'application/octet-stream' }),
  }),
];

let server: HttpServer;
let url: string;
beforeAll(async () => {
  server = createHttpServer({ log: silentLog, clock: systemClock, ids: seededIds(), limits: { bodyBytes: 1_000 } });
  mountService(server, {
    path: '/v3',
    routes,
    deps: {},
    log: silentLog,
    authenticate: async (token) => {
      if (token !== 'good') throw Unauthenticated({});
      return { requestId: '', userId: 'u', projectId: 'p', roles: [], isAdmin: false };
    },
    errorBody: (code, title, message) => ({ error: { code, title, message } }),
    statuses: { 'over-limit': 409 },
    identityUrl: 'http://127.0.0.1:5000/v3',
  });
  ({ url } = await server.listen({ host: '127.0.0.1', port: 0 }));
});
afterAll(() => server.close());

const ask = (method: string, path: string, init: RequestInit = {}) =>
  fetch(`${url}/v3${path}`, { method, ...init, headers: { 'X-Auth-Token': 'good', ...init.headers } });

test('an open route needs no token and answers headers of its own', async () => {
  const answer = await fetch(`${url}/v3/auth/tokens`, {
    method: 'POST',
    body: '{"auth": {"user": "me"}}',
    headers: { 'Content-Type': 'application/json' },
  });
  expect([answer.status, answer.headers.get('x-subject-token'), await answer.json()]).toEqual([201, 'good', { token: { user: 'me' } }]);
});

const shape = async (answer: Response) => [answer.status, await answer.json()];

test('faults have the shape and the statuses of the service', async () => {
  expect(await shape(await ask('POST', '/networks'))).toEqual([
    409,
    { error: { code: 409, title: 'Conflict', message: 'No more networks.' } },
  ]);
  expect(await shape(await ask('GET', '/nothing'))).toEqual([
    404,
    { error: { code: 404, title: 'Not Found', message: 'The resource could not be found.' } },
  ]);
  expect((await ask('GET', '/auth/tokens')).status).toBe(405);
  const stranger = await ask('POST', '/networks', { headers: { 'X-Auth-Token': 'bad' } });
  expect([stranger.status, stranger.headers.get('www-authenticate')]).toEqual([401, 'Keystone uri="http://127.0.0.1:5000/v3"']);
  expect((await ask('POST', '/auth/tokens', { body: '<x/>', headers: { 'Content-Type': 'application/xml' } })).status).toBe(415);
});

test('an image goes up and comes down as a stream, beyond the bound on JSON', async () => {
  const image = 'x'.repeat(100_000);
  expect((await ask('PUT', '/images/i/file', { body: image, headers: { 'Content-Type': 'application/octet-stream' } })).status).toBe(204);
  const answer = await ask('GET', '/images/i/file');
  expect([answer.headers.get('content-type'), (await answer.text()).length]).toEqual(['application/octet-stream', 100_000]);
});
