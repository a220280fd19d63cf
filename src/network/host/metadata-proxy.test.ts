import { once } from 'node:events';
import { type IncomingHttpHeaders, type RequestListener, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { silentLog } from '../../lib/log/log.ts';
import { MetadataProxy, type MetadataProxyOptions } from './metadata-proxy.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const portOf = (server: { address(): AddressInfo | string | null }): number => {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
};

/** A metadata service, a proxy before it, and a way to ask. */
async function proxied(service: RequestListener, options: Partial<MetadataProxyOptions> = {}) {
  const upstream = createServer(service).listen(0, '127.0.0.1');
  const listener = createServer().listen(0, '127.0.0.1');
  await Promise.all([once(upstream, 'listening'), once(listener, 'listening')]);
  const front = new MetadataProxy({
    lookup: () => ({ serverId: 'server-1', projectId: 'project-1' }),
    target: `http://127.0.0.1:${portOf(upstream)}`,
    secret: 'shared',
    log: silentLog,
    ...options,
  });
  // The listener's own handling of connections would answer too.
  listener.removeAllListeners('connection');
  front.attach(listener);
  closers.push(
    () => front.close(),
    () => listener.close(),
    () => upstream.close(),
  );
  return async (method: string, headers: IncomingHttpHeaders = {}, body = '', path = '/openstack') => {
    const asking = request({ host: '127.0.0.1', port: portOf(listener), method, path, headers, agent: false }).end(body);
    const [response] = await once(asking, 'response');
    const parts: Buffer[] = [];
    for await (const part of response) parts.push(part);
    return { status: response.statusCode, headers: response.headers, body: Buffer.concat(parts).toString() };
  };
}

test('an unknown address is answered 404 without asking the service', async () => {
  let asked = 0;
  const ask = await proxied((_request, response) => response.end(String(asked++)), { lookup: () => undefined });
  expect(await ask('GET')).toMatchObject({ status: 404 });
  expect(asked).toBe(0);
});

test('identity and connection headers of a guest are dropped; other headers and the body pass', async () => {
  let seen: IncomingHttpHeaders = {};
  const ask = await proxied((incoming, response) => {
    seen = incoming.headers;
    incoming.pipe(response.setHeader('X-Answer', 'yes'));
  });
  const claims = {
    'x-instance-id': 'other',
    'x-tenant-id': 'other',
    'x-metadata-provider': 'me',
    forwarded: 'for=1.1.1.1',
    te: 'trailers',
    accept: 'text/plain',
  };
  const answer = await ask('POST', claims, 'the password');
  expect(answer).toMatchObject({ status: 200, body: 'the password', headers: { 'x-answer': 'yes' } });
  expect(seen).toMatchObject({
    'x-instance-id': 'server-1',
    'x-tenant-id': 'project-1',
    'x-forwarded-for': '127.0.0.1',
    accept: 'text/plain',
  });
  expect(seen).not.toHaveProperty('x-metadata-provider');
  expect(seen).not.toHaveProperty('forwarded');
  expect(seen).not.toHaveProperty('te');
});

test('a body that is too large is refused', async () => {
  const ask = await proxied((_request, response) => response.end());
  expect(await ask('POST', {}, 'x'.repeat(100_000))).toMatchObject({ status: 413 });
});

test('a service that is away is answered 503', async () => {
  const ask = await proxied((incoming) => incoming.socket.destroy());
  expect(await ask('GET')).toMatchObject({ status: 503 });
});

// Fault 2026-11 B6.
test.each([
  '/healthcheck',
  '/HealthCheck',
  '//healthcheck',
  '/healthcheck?x=1',
  '/healthcheck#x',
  '/%68ealthcheck',
  '/h%65althcheck',
  '/h%2565althcheck',
  '/./healthcheck',
  '/x/..%2Fhealthcheck',
  '/healthcheck/',
  'http://169.254.169.254/healthcheck',
  'http://169.254.169.254/h%65althcheck',
  'file:///healthcheck',
  '*',
])('a guest cannot read the health check at %s', async (path) => {
  const ask = await proxied((_request, response) => response.end('database: away'));
  expect(await ask('GET', {}, '', path)).toMatchObject({ status: 404 });
});

// Fault 2026-11 B6.
test('a request for a whole URL is asked by its path', async () => {
  const ask = await proxied(({ url }, response) => response.end(url));
  expect(await ask('GET', {}, '', 'http://169.254.169.254/openstack/latest?x=1')).toMatchObject({
    status: 200,
    body: '/openstack/latest?x=1',
  });
});
