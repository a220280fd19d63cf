/** The pipeline behind a face with neither JSON nor tokens: proves that it is ready for other kinds of API. */
import { text } from 'node:stream/consumers';
import { Type as t } from '@sinclair/typebox';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../lib/clock/clock.ts';
import { seededIds } from '../../lib/clock/ids.ts';
import { errorType } from '../../lib/errors/error-type.ts';
import { createHttpServer, type HttpServer } from '../../lib/http/http-server.ts';
import { silentLog } from '../../lib/log/log.ts';
import { plainBody } from '../../lib/versioning/request-body.ts';
import { bytes, exactly } from './answer.ts';
import { secrets, signatureOf, signedFace } from './fixture/signed-face.ts';
import { mountFace } from './mount-face.ts';
import { done, ok, route } from './route.ts';

const TooMany = errorType('TooMany', 'over-limit', () => 'No more than <ten>.');
const Denied = errorType('Denied', 'forbidden', (p: { rule: string }) => `Not ${p.rule}.`);

const nameForm = plainBody(
  t.Object({ action: t.String(), fields: t.Object({ Name: t.String({ maxLength: 5 }) }, { additionalProperties: false }) }),
);
const anyForm = plainBody(t.Object({ action: t.String(), fields: t.Object({}) }));
const made = exactly(t.Object({ name: t.String(), owner: t.String() }));

const create = { path: '/', action: 'CreateThing', summary: 'Make a thing.', body: nameForm, status: 200, answers: made } as const;
const stored = new Map<string, string>();

const routes = [
  route({ ...create, method: 'POST', handle: ({ ctx, body }) => ok({ name: body.fields.Name, owner: ctx.userId ?? '' }) }),
  route({ ...create, method: 'GET', handle: ({ ctx, body }) => ok({ name: body.fields.Name, owner: ctx.userId ?? '' }) }),
  route({
    method: 'POST',
    path: '/',
    action: 'Overdo',
    summary: 'Fail.',
    body: anyForm,
    status: 200,
    handle: () => Promise.reject(TooMany({})),
  }),
  route({
    method: 'POST',
    path: '/',
    action: 'Forbidden',
    policy: 'all',
    summary: 'Be refused.',
    body: anyForm,
    status: 200,
    handle: () => done(),
  }),
  route({
    method: 'PUT',
    path: '/objects/{name}',
    summary: 'Store an object.',
    streams: true,
    status: 200,
    handle: async ({ params, stream }) => {
      stored.set(params.name, await text(stream));
      return done();
    },
  }),
  route({
    method: 'GET',
    path: '/public',
    summary: 'Anybody may.',
    auth: 'none',
    status: 200,
    answers: bytes,
    handle: ({ stream }) => ok({ stream, contentType: 'text/plain' }),
  }),
];

let server: HttpServer;
let url: string;
beforeAll(async () => {
  server = createHttpServer({ log: silentLog, clock: systemClock, ids: seededIds(), limits: { bodyBytes: 1_000 } });
  mountFace(server, {
    path: '/things',
    routes,
    deps: {},
    log: silentLog,
    face: signedFace,
    policy: {
      check: (_ctx, rule) => {
        throw Denied({ rule });
      },
      may: () => false,
    },
    idHeaders: (requestId) => ({ 'x-request-id': requestId }),
  });
  ({ url } = await server.listen({ host: '127.0.0.1', port: 0 }));
});
afterAll(() => server.close());

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly form?: Record<string, string>;
  readonly who?: string;
  /** Overrides what is signed, to make it differ from what is sent. */
  readonly signed?: string;
  readonly type?: string;
}

/** Sends a signed request; a GET carries its form in the query. */
async function ask({ method = 'POST', path = '', form = {}, who = 'ann', signed, type }: Sent) {
  const sent = String(new URLSearchParams(form));
  const [query, body] = method === 'GET' ? [sent, ''] : ['', sent];
  const covered = { method, fullPath: `/things${path}`, query, body: Buffer.from(type === undefined ? (signed ?? body) : '') };
  const answer = await fetch(`${url}/things${path}?${query}`, {
    method,
    headers: {
      Authorization: signatureOf(who, secrets[who] ?? 'guessed', covered),
      'Content-Type': type ?? 'application/x-www-form-urlencoded',
    },
    ...(method === 'GET' ? {} : { body }),
  });
  const id = answer.headers.get('x-request-id') ?? '';
  return { status: answer.status, type: answer.headers.get('content-type'), text: (await answer.text()).replaceAll(id, 'ID') };
}

const fault = (code: string, message: string) =>
  `<Response><Error><Code>${code}</Code><Message>${message}</Message></Error><RequestID>ID</RequestID></Response>`;

test.each(['POST', 'GET'])('a signed %s is answered in XML', async (method) => {
  expect(await ask({ method, form: { Action: 'CreateThing', Name: 'a<b' } })).toEqual({
    status: 200,
    type: 'text/xml',
    text: '<CreateThingResponse><requestId>ID</requestId><name>a&#60;b</name><owner>ann</owner></CreateThingResponse>',
  });
});

const form = { Action: 'CreateThing', Name: 'a' };
const STRANGER = 'The request you have made requires authentication.';

test.each<[string, Sent, number, string, string]>([
  ['a body that was changed on the way', { form, signed: 'Action=CreateThing&Name=b' }, 401, 'AuthFailure', STRANGER],
  ['somebody unknown', { form, who: 'eve' }, 401, 'AuthFailure', STRANGER],
  ['a stranger at a path that does not exist', { path: '/nowhere', who: 'eve' }, 401, 'AuthFailure', STRANGER],
  ['a path that does not exist', { path: '/nowhere' }, 404, 'NotFound', 'The resource could not be found.'],
  ['no action', { form: { Name: 'a' } }, 400, 'InvalidRequest', 'Which action?'],
  ['an unknown action', { form: { Action: 'Fly' } }, 400, 'InvalidRequest', 'There is no such action: Fly'],
  ['a rule that does not hold', { form: { Action: 'Forbidden' } }, 403, 'Denied', 'Not all.'],
  ['a failure with a status of its own', { form: { Action: 'Overdo' } }, 509, 'TooMany', 'No more than &#60;ten&#62;.'],
  ['a body beyond the bound', { form: { ...form, Name: 'x'.repeat(1_000) } }, 413, 'InternalError', 'Request is too large.'],
])('%s is told in XML', async (_what, sent, status, code, message) => {
  expect(await ask(sent)).toEqual({ status, type: 'text/xml', text: fault(code, message) });
});

test('a body is checked by the schema of its route', async () => {
  const answer = await ask({ form: { ...form, Name: 'too long' } });
  expect([answer.status, answer.type]).toEqual([400, 'text/xml']);
  expect(answer.text).toMatch(/<Code>InvalidInput<.*Name.*too long.* is too long/);
});

test('a streamed body reaches its route unread, beyond the bound on others', async () => {
  const big = { Part: 'x'.repeat(5_000) };
  expect(await ask({ method: 'PUT', path: '/objects/a', form: big, type: 'application/octet-stream' })).toMatchObject({
    status: 200,
    text: '<ObjectResponse><requestId>ID</requestId></ObjectResponse>',
  });
  expect(stored.get('a')).toBe(String(new URLSearchParams(big)));
});

test('a face that would read a streamed body is told so before it hangs', async () => {
  const answer = await ask({ method: 'PUT', path: '/objects/a', form: { a: 'b' } });
  expect([answer.status, answer.text]).toEqual([500, expect.stringContaining('<Code>InternalError</Code>')]);
});

test('what is open needs no signature', async () => {
  const answer = await fetch(`${url}/things/public`);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain']);
});
