/** Reads are answered while it is found out whether their caller is still who they were. */
import { Readable } from 'node:stream';
import { Type as t } from '@sinclair/typebox';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../lib/clock/clock.ts';
import { seededIds } from '../../lib/clock/ids.ts';
import type { Context } from '../../lib/context/context.ts';
import { createHttpServer, type HttpServer } from '../../lib/http/http-server.ts';
import { silentLog } from '../../lib/log/log.ts';
import { Unauthenticated } from './auth.ts';
import { bytes, exactly } from './answer.ts';
import { mountService } from './mount-service.ts';
import { ok, route } from './route.ts';
import type { Authenticate } from './token.ts';

const caller = (userId: string): Context => ({ requestId: '', userId, projectId: 'p', roles: [], isAdmin: false });

/** What an earlier check found, and what a check finds now; undefined is nobody. */
let recalled: string | undefined;
let present: string | undefined;
/** What happened, in order. */
const steps: string[] = [];
const streams: Readable[] = [];

const authenticate: Authenticate = Object.assign(
  async () => {
    steps.push('checked');
    if (present === undefined) throw Unauthenticated({});
    return caller(present);
  },
  {
    recall: () => {
      if (recalled === undefined) return undefined;
      return { found: caller(recalled), stillHolds: Promise.resolve(recalled === present) };
    },
  },
);

const who = exactly(t.Object({ user: t.String() }));
const handle = ({ ctx }: { ctx: Context }) => {
  steps.push(`handled for ${ctx.userId}`);
  return ok({ user: ctx.userId ?? '' });
};
const routes = [
  route({ method: 'GET', path: '/who', summary: 'Tell who asks.', status: 200, answers: who, handle }),
  route({ method: 'POST', path: '/who', summary: 'Change who asks.', status: 200, answers: who, handle }),
  route({
    method: 'GET',
    path: '/file',
    summary: 'Fetch a file.',
    status: 200,
    answers: bytes,
    handle: ({ ctx }) => {
      const stream = Readable.from([Buffer.from(ctx.userId ?? '')]);
      streams.push(stream);
      return ok({ stream, contentType: 'text/plain' });
    },
  }),
];

let server: HttpServer;
let url: string;
beforeAll(async () => {
  server = createHttpServer({ log: silentLog, clock: systemClock, ids: seededIds() });
  mountService(server, { path: '', routes, deps: {}, log: silentLog, authenticate, errorBody: (code) => ({ code }) });
  ({ url } = await server.listen({ host: '127.0.0.1', port: 0 }));
});
afterAll(() => server?.close());
beforeEach(() => {
  [recalled, present] = ['ann', 'ann'];
  steps.length = 0;
  streams.length = 0;
});

const ask = async (path = '/who', method = 'GET') => {
  const response = await fetch(`${url}${path}`, { method, headers: { 'x-auth-token': 'x' } });
  return { status: response.status, text: await response.text() };
};

test('a read by a caller who is recalled is answered without another check', async () => {
  expect(await ask()).toEqual({ status: 200, text: '{"user":"ann"}' });
  expect(steps).toEqual(['handled for ann']);
});

test('a read by a caller who has changed is answered for who they are now', async () => {
  present = 'ben';
  expect(await ask()).toEqual({ status: 200, text: '{"user":"ben"}' });
  expect(steps).toEqual(['handled for ann', 'checked', 'handled for ben']);
  present = undefined;
  expect((await ask()).status).toBe(401);
});

test('a file that was opened for a caller who has changed is closed', async () => {
  present = 'ben';
  expect(await ask('/file')).toEqual({ status: 200, text: 'ben' });
  expect(streams.map(({ destroyed }) => destroyed)).toEqual([true, true]);
});

test('a change waits for the check', async () => {
  expect((await ask('/who', 'POST')).text).toBe('{"user":"ann"}');
  expect(steps).toEqual(['checked', 'handled for ann']);
});

test('a caller of whom nothing is recalled is checked first', async () => {
  recalled = undefined;
  expect((await ask()).text).toBe('{"user":"ann"}');
  expect(steps).toEqual(['checked', 'handled for ann']);
});
