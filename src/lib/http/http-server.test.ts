import { once } from 'node:events';
import { Agent, request as rawRequest } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../clock/clock.ts';
import { seededIds } from '../clock/ids.ts';
import { silentLog } from '../log/log.ts';
import type { HttpHandler } from './exchange.ts';
import type { Probe } from './health.ts';
import { createHttpServer, type HttpServer, type Observation } from './http-server.ts';
import { readBytes } from './json-body.ts';
import type { HttpLimits } from './limits.ts';

const running: HttpServer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

async function start(
  mounts: Record<string, HttpHandler>,
  more: { limits?: Partial<HttpLimits>; probes?: Probe[]; observe?: (o: Observation) => void; isPressed?: () => boolean } = {},
) {
  const server = createHttpServer({ log: silentLog, clock: systemClock, ids: seededIds(), ...more });
  for (const [path, handler] of Object.entries(mounts)) server.mount(path, handler);
  running.push(server);
  const { url } = await server.listen({ host: '127.0.0.1', port: 0 });
  return { server, url };
}

const text =
  (body: string): HttpHandler =>
  async () => ({ status: 200, headers: { 'Content-Type': 'text/plain' }, body });

test('the longest mount point wins, and sees the path below it', async () => {
  const { url } = await start({ '': text('root'), '/v2.1': async ({ path }) => ({ status: 200, headers: {}, body: `v2.1 ${path}` }) });
  const get = async (path: string) => (await fetch(url + path)).text();
  expect([await get('/'), await get('/x'), await get('/v2.1'), await get('/v2.1/a%20b?c')]).toEqual([
    'root',
    'root',
    'v2.1 ',
    'v2.1 /a%20b',
  ]);
});

test('an unmounted path is answered in JSON', async () => {
  const { url } = await start({ '/a': text('a') });
  const answer = await fetch(`${url}/b`);
  expect([answer.status, await answer.json()]).toEqual([404, { error: { code: 404, message: 'The resource could not be found.' } }]);
});

test.each(['QUERY', 'PROPFIND', 'LINK', 'OPTIONS', 'TRACE', 'DELETE'])('%s reaches its mount point like any method', async (method) => {
  const { url } = await start({
    '': text('root'),
    '/v3': async (asked) => ({ status: 405, headers: {}, body: `${asked.method} ${asked.path}` }),
  });
  const answer = await new Promise<string>((resolve, reject) => {
    const sent = rawRequest(`${url}/v3/x`, { method, agent: false }, (found) => {
      found.setEncoding('utf8').on('data', (body: string) => resolve(`${found.statusCode} ${body}`));
    });
    sent.on('error', reject).end();
  });
  expect(answer).toBe(`405 ${method} /x`);
});

test('a url that cannot be decoded reaches its mount point, each percent sign for itself', async () => {
  const { url } = await start({ '/a': async ({ path, query }) => ({ status: 200, headers: {}, body: `${path} ${query.get('q')}` }) });
  expect(await (await fetch(`${url}/a/%zz%41?q=%41`)).text()).toBe('/%25zz%2541 A');
  expect(await (await fetch(`${url}/a/%ff%fe`)).text()).toBe('/%25ff%25fe null');
});

test('a content type that is none is that of bytes', async () => {
  const { url } = await start({ '': async ({ headers }) => ({ status: 200, headers: {}, body: headers['content-type'] ?? '' }) });
  const typeOf = async (type: string) => (await fetch(url, { method: 'POST', body: 'x', headers: { 'content-type': type } })).text();
  expect([await typeOf(';;;'), await typeOf('json'), await typeOf('a/b; c=d')]).toEqual([
    'application/octet-stream',
    'application/octet-stream',
    'a/b; c=d',
  ]);
});

test('a broken handler is a bare 500', async () => {
  const { url } = await start({ '': () => Promise.reject(new Error('secret path /etc')) });
  const answer = await fetch(url);
  expect([answer.status, await answer.text()]).toEqual([500, '{"error":{"code":500,"message":"Internal Server Error"}}']);
});

test('health is the sum of the probes', async () => {
  let up = false;
  const probes = [
    { name: 'database', check: () => (up ? undefined : 'refuses connections') },
    { name: 'queue', check: () => (up ? Promise.resolve() : Promise.reject(new Error('gone'))) },
  ];
  const { url } = await start({}, { probes });
  const sick = await fetch(`${url}/healthcheck`);
  expect([sick.status, await sick.json()]).toEqual([
    503,
    { status: 'unavailable', reasons: ['database: refuses connections', 'queue: gone'] },
  ]);
  up = true;
  expect((await fetch(`${url}/healthcheck`)).status).toBe(200);
});

test('more requests than the limit are turned away with a time to come back', async () => {
  const gate = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  const slow: HttpHandler = async () => {
    arrived.resolve();
    await gate.promise;
    return { status: 200, headers: {}, body: 'x' };
  };
  const { url } = await start({ '': slow }, { limits: { inFlight: 1 } });
  const first = fetch(url);
  await arrived.promise;
  expect((await fetch(`${url}/healthcheck`)).status).toBe(200);
  const second = await fetch(url);
  expect([second.status, second.headers.get('retry-after')]).toEqual([503, '2']);
  gate.resolve();
  expect((await first).status).toBe(200);
});

test('a service under pressure turns requests away in the words of their mount point, and still tells how it is', async () => {
  const server = createHttpServer({ log: silentLog, clock: systemClock, ids: seededIds(), isPressed: () => true });
  running.push(server);
  server.mount('/own', text('x'), ({ status, headers }) => ({ status, headers, body: 'busy, we are' }));
  const { url } = await server.listen({ host: '127.0.0.1', port: 0 });
  const answer = await fetch(`${url}/own/x`, { method: 'POST', body: 'unread' });
  expect([answer.status, answer.headers.get('retry-after'), await answer.text()]).toEqual([503, '2', 'busy, we are']);
  expect((await fetch(`${url}/healthcheck`)).status).toBe(200);
});

/** Connections that each announce a body of nine bytes and send one; the answers that they have got so far. */
async function dribble(url: string, count: number): Promise<readonly { readonly answer: () => string; readonly ended: Promise<void> }[]> {
  const { hostname, port } = new URL(url);
  return await Promise.all(
    Array.from({ length: count }, async () => {
      const socket = connect(Number(port), hostname);
      onTestFinished(() => void socket.destroy());
      let answer = '';
      socket.setEncoding('utf8').on('data', (text) => (answer += text));
      socket.on('error', () => {});
      await once(socket, 'connect');
      socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{');
      return { answer: () => answer, ended: once(socket, 'close').then(() => {}) };
    }),
  );
}

/** Says how many bodies it was asked to read, which tells when the dribbling ones have come. */
function reader(): { readonly handler: HttpHandler; readonly asked: () => number } {
  let asked = 0;
  const handler: HttpHandler = async ({ body }) => {
    asked += 1;
    return { status: 200, headers: {}, body: await body(100) };
  };
  return { handler, asked: () => asked };
}

const post = async (url: string) => {
  const answer = await fetch(url, { method: 'POST', body: 'whole' });
  return [answer.status, await answer.text()];
};

// Fault 2026-11 B2.
test('a body that has not arrived takes no place from requests that have, and is refused when its time is over', async () => {
  const { handler, asked } = reader();
  const { url } = await start({ '': handler }, { limits: { inFlight: 1, bodyMs: 1_000 } });
  const slow = await dribble(url, 20);
  await expect.poll(asked).toBe(20);
  expect(await post(url)).toEqual([200, 'whole']);
  await Promise.all(slow.map(({ ended }) => ended));
  for (const { answer } of slow) expect(answer()).toMatch(/^HTTP\/1.1 408 /);
  expect(await post(url)).toEqual([200, 'whole']);
});

// Fault 2026-11 B2.
test('too many arriving bodies make the oldest of them give way, not the newest', async () => {
  const { handler, asked } = reader();
  const { url } = await start({ '': handler }, { limits: { arrivingBodies: 3, bodyMs: 60_000, graceMs: 50 } });
  const [first] = await dribble(url, 1);
  await expect.poll(asked).toBe(1);
  const later = await dribble(url, 2);
  await expect.poll(asked).toBe(3);
  expect(await post(url)).toEqual([200, 'whole']);
  await first?.ended;
  expect([first?.answer().slice(0, 12), ...later.map(({ answer }) => answer())]).toEqual(['HTTP/1.1 408', '', '']);
});

// Fault 2026-11 B2.
test('a body that arrives while the server is busy is turned away', async () => {
  const [gate, busy] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const { handler, asked } = reader();
  const slow: HttpHandler = async () => {
    busy.resolve();
    await gate.promise;
    return { status: 200, headers: {}, body: 'slow' };
  };
  const { url } = await start({ '': handler, '/slow': slow }, { limits: { inFlight: 1 } });
  const sent = rawRequest(url, { method: 'POST', agent: false });
  sent.write('half');
  await expect.poll(asked).toBe(1);
  const running = fetch(`${url}/slow`);
  await busy.promise;
  sent.end(' whole');
  const [answer] = await once(sent, 'response');
  expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '2']);
  answer.resume();
  gate.resolve();
  expect((await running).status).toBe(200);
});

// Fault 2026-11 B2.
test('one address has a bounded number of connections, whatever they do', async () => {
  const { url } = await start({ '': text('x') }, { limits: { connectionsPerAddress: 2, graceMs: 50 } });
  const { hostname, port } = new URL(url);
  const open = async () => {
    const socket = connect(Number(port), hostname);
    onTestFinished(() => void socket.destroy());
    await once(socket, 'connect');
    return socket;
  };
  const [first] = [await open(), await open()];
  await once((await open()).resume(), 'close');
  first.destroy();
  await expect.poll(async () => (await fetch(url).catch(() => undefined))?.status).toBe(200);
});

test('an answer that nobody reads counts as being answered, until its reader is gone', async () => {
  // More than the buffers of both sides of a connection hold.
  const { url } = await start({ '': text('x'.repeat(50_000_000)) }, { limits: { inFlight: 1 } });
  const reader = rawRequest(url, { agent: false }).end();
  await new Promise((resolve) => reader.on('response', resolve));
  const statusOf = async () => {
    const answer = await fetch(url);
    await answer.body?.cancel();
    return answer.status;
  };
  expect(await statusOf()).toBe(503);
  reader.destroy();
  await expect.poll(statusOf, { timeout: 20_000 }).toBe(200);
});

const echo: HttpHandler = async ({ stream }) => ({
  status: 200,
  headers: { 'Content-Type': 'application/octet-stream' },
  body: Readable.from([await readBytes(stream, 10_000_000)]),
});

test('bodies stream in both directions', async () => {
  const { url } = await start({ '': echo });
  const sent = Buffer.alloc(1_000_000, 7);
  const answer = await fetch(url, { method: 'PUT', body: sent, headers: { 'Content-Type': 'application/octet-stream' } });
  expect(sent.equals(Buffer.from(await answer.arrayBuffer()))).toBe(true);
});

test('too large a body is refused, too large headers as well', async () => {
  const { url } = await start(
    { '': async ({ stream }) => ({ status: 200, headers: {}, body: await readBytes(stream, 10) }) },
    { limits: { headerBytes: 2_000 } },
  );
  expect((await fetch(url, { method: 'POST', body: 'x'.repeat(11) })).status).toBe(413);
  expect((await fetch(url, { headers: { 'x-long': 'x'.repeat(3_000) } })).status).toBe(431);
});

test('after a body that was refused half-way the connection serves on', async () => {
  const { url } = await start({ '': async ({ stream }) => ({ status: 200, headers: {}, body: await readBytes(stream, 10) }) });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  const post = (body: string) =>
    new Promise((resolve, reject) => {
      const sent = rawRequest(url, { method: 'POST', agent }, (answer) => answer.resume().on('end', () => resolve(answer.statusCode)));
      sent.on('error', reject).end(body);
    });
  expect([await post('x'.repeat(1_000_000)), await post('small')]).toEqual([413, 200]);
});

test('each request has an id of its own, and a well-formed one of the caller is noted', async () => {
  const { url } = await start({
    '': async (exchange) => ({ status: 200, headers: {}, body: `${exchange.requestId} ${exchange.globalRequestId}` }),
  });
  const ask = async (id: string) => (await (await fetch(url, { headers: { 'X-Openstack-Request-Id': id } })).text()).split(' ');
  const theirs = 'req-5f0c6cbe-1a0f-4a58-8a8c-9a3bb7d0b3aa';
  const [ours, noted] = await ask(theirs);
  expect(ours).toMatch(/^req-[0-9a-f-]{36}$/);
  expect([ours === theirs, noted]).toEqual([false, theirs]);
  expect((await ask('anything'))[1]).toBe('undefined');
});

test('what was answered is observed', async () => {
  const seen: Observation[] = [];
  const { url } = await start({ '/v2.1': text('x') }, { observe: (one) => seen.push(one) });
  await fetch(`${url}/v2.1/servers?x=1`);
  expect(seen).toMatchObject([{ method: 'GET', path: '/v2.1/servers', mount: '/v2.1', status: 200 }]);
});

test('closing cuts what does not end within the grace time', async () => {
  const arrived = Promise.withResolvers<void>();
  const never: HttpHandler = () => {
    arrived.resolve();
    return new Promise(() => {});
  };
  const { server, url } = await start({ '': never }, { limits: { graceMs: 50 } });
  const hanging = Promise.withResolvers<string>();
  rawRequest(url)
    .on('error', () => hanging.resolve('cut'))
    .on('response', () => hanging.resolve('answered'))
    .end();
  await arrived.promise;
  await server.close();
  expect(await hanging.promise).toBe('cut');
});

test('closing does not wait for idle connections', async () => {
  const { server, url } = await start({ '': text('x') }, { limits: { graceMs: 60_000 } });
  await (await fetch(url)).text();
  await server.close();
  await expect(fetch(url)).rejects.toThrow();
});

test('closing waits for what runs, and not for the connection that the client keeps', async () => {
  const [arrived, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const slow: HttpHandler = async () => {
    arrived.resolve();
    await go.promise;
    return { status: 200, headers: {}, body: 'done' };
  };
  const { server, url } = await start({ '': slow }, { limits: { graceMs: 60_000 } });
  const answer = fetch(url).then((found) => found.text());
  await arrived.promise;
  const closed = server.close();
  go.resolve();
  expect(await answer).toBe('done');
  await closed;
});
