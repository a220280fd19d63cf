import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApi } from '../../lib/versioning/openapi.ts';
import { versions } from '../../microversions.ts';
import { ask } from './fixture/ask.ts';
import { routes } from './fixture/compute-routes.ts';
import { projectId, startFixture } from './fixture/start.ts';

let fixture: Awaited<ReturnType<typeof startFixture>>;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.close());

const json = { 'Content-Type': 'application/json' };
const get = (path: string, headers: Record<string, string> = {}) =>
  ask(fixture.url + path, { headers: { 'X-Auth-Token': 'good', ...headers } });
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  ask(fixture.url + path, {
    method: 'POST',
    headers: { 'X-Auth-Token': 'good', ...json, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const versionLines = (version: string) => [
  `OpenStack-API-Version: compute ${version}`,
  `X-OpenStack-Nova-API-Version: ${version}`,
  'Vary: OpenStack-API-Version',
  'Vary: X-OpenStack-Nova-API-Version',
];
const isVersionLine = (line: string) => /^(openstack-api-version|x-openstack-nova-api-version|vary):/i.test(line);
const lower = (lines: readonly string[]) => lines.map((line) => line.replace(/^[^:]+/, (name) => name.toLowerCase()));
const negotiated = (lines: readonly string[]) => lower(lines.filter(isVersionLine));

test.each([
  ['no header means the oldest version', {}, 200, '2.1'],
  ['the old header', { 'X-OpenStack-Nova-API-Version': '2.10' }, 200, '2.10'],
  ['the new header wins', { 'OpenStack-API-Version': 'compute 2.10', 'X-OpenStack-Nova-API-Version': '2.20' }, 200, '2.10'],
  ['latest is the newest', { 'OpenStack-API-Version': 'compute latest' }, 200, '2.104'],
  ["another service's version alone says nothing", { 'OpenStack-API-Version': 'volume 3.10' }, 200, '2.1'],
  ['among several services ours is found', { 'OpenStack-API-Version': 'volume 3.10, compute 2.9' }, 200, '2.9'],
  ['too high a version is echoed', { 'OpenStack-API-Version': 'compute 2.999' }, 406, '2.999'],
])('%s', async (_what, headers: Record<string, string>, status, version) => {
  const answer = await get('/v2.1/servers', headers);
  expect([answer.status, negotiated(answer.lines)]).toEqual([status, lower(versionLines(version))]);
});

test('too high a version is 406 with the range', async () => {
  const { json: body } = await get('/v2.1/servers', { 'OpenStack-API-Version': 'compute 2.999' });
  expect(body).toEqual({
    computeFault: { code: 406, message: 'Version 2.999 is not supported by the API. Minimum is 2.1 and maximum is 2.104.' },
  });
});

test.each(['abc', '2', '2.01', 'v2.1', ''])('the malformed version "%s" is 400 and not echoed', async (version) => {
  const answer = await get('/v2.1/servers', { 'OpenStack-API-Version': `compute ${version}` });
  expect([answer.status, negotiated(answer.lines), answer.json]).toEqual([
    400,
    [],
    { badRequest: { code: 400, message: `API Version String ${version} is of invalid format. Must be of format MajorNum.MinorNum.` } },
  ]);
});

test('every answer carries one fresh request id under two names', async () => {
  const answer = await get('/v2.1/servers/a', { 'X-Openstack-Request-Id': 'req-5f0c6cbe-1a0f-4a58-8a8c-9a3bb7d0b3aa' });
  expect(answer.header('x-openstack-request-id')).toMatch(/^req-(?!5f0c6cbe)/);
  expect(answer.header('x-compute-request-id')).toBe(answer.header('x-openstack-request-id'));
  expect(answer.header('content-type')).toBe('application/json');
});

test.each([{}, { 'X-Auth-Token': 'bad' }])('without a valid token (%j) the answer is 401 in the shape of identity', async (headers) => {
  for (const path of ['/v2.1/servers', '/v2.1/nothing/here', '/v2/servers']) {
    const answer = await ask(fixture.url + path, { headers });
    expect([answer.status, answer.header('www-authenticate'), answer.json]).toEqual([
      401,
      'Keystone uri="http://127.0.0.1:5000"',
      { error: { code: 401, title: 'Unauthorized', message: 'The request you have made requires authentication.' } },
    ]);
    expect(answer.lines.filter(isVersionLine)).toEqual([]);
  }
});

test.each(['/v2.1', '/v2.1/'])('the version document %s needs no token and tells the version', async (path) => {
  const answer = await ask(fixture.url + path);
  expect([answer.status, negotiated(answer.lines), answer.json]).toEqual([200, lower(versionLines('2.1')), { version: 'v2.1' }]);
});

const hrefs = async (prefix: string) => {
  const { json: body } = await get(`${prefix}/servers/a`);
  return JSON.stringify(body)
    .match(/"href":"[^"]+"/g)
    ?.map((href) => href.slice(8, -1).replace(fixture.url, ''));
};

test('links follow the form of the url', async () => {
  expect(await hrefs('/v2.1')).toEqual(['/v2.1/servers/a', '/servers/a']);
  expect(await hrefs(`/v2.1/${projectId}`)).toEqual([`/v2.1/${projectId}/servers/a`, `/${projectId}/servers/a`]);
});

test("another project's id in the url is refused", async () => {
  const answer = await get('/v2.1/0123456789abcdef/servers');
  expect([answer.status, answer.json]).toEqual([400, { badRequest: { code: 400, message: 'Malformed request url' } }]);
});

const keys = async (headers: Record<string, string>) => {
  const { json: body } = await get('/v2.1/servers/a', headers);
  return Object.keys(Object(Object(body)['server']));
};

test('fields follow version and policy', async () => {
  expect(await keys({})).toEqual(['id', 'name', 'links']);
  expect(await keys({ 'OpenStack-API-Version': 'compute 2.9' })).toEqual(['id', 'name', 'links', 'locked']);
  expect(await keys({ 'X-Auth-Token': 'admin' })).toEqual(['id', 'name', 'links', 'OS-EXT-SRV-ATTR:host']);
});

test('a cut list says where the next page is', async () => {
  const { json: body } = await get('/v2.1/servers?limit=1');
  expect(body).toMatchObject({
    servers: [{ id: 'a' }],
    servers_links: [{ rel: 'next', href: `${fixture.url}/v2.1/servers?limit=1&marker=a` }],
  });
});

test('the policy of a route gates it', async () => {
  const answer = await get('/v2.1/servers/a', { 'X-Auth-Token': 'stranger' });
  expect([answer.status, answer.json]).toEqual([403, { forbidden: { code: 403, message: "Policy doesn't allow show to be performed." } }]);
});

const at = (version: string) => ({ 'OpenStack-API-Version': `compute ${version}` });
const faults: [string, () => ReturnType<typeof ask>, number, string, string][] = [
  ['a missing server', () => get('/v2.1/servers/x'), 404, 'itemNotFound', 'Instance x could not be found.'],
  [
    'a bad query',
    () => get('/v2.1/servers?limit=-1'),
    400,
    'badRequest',
    "Invalid input for query parameters limit. Value: -1. '-1' does not match '^[0-9]*$'",
  ],
  [
    'an unknown query key, when strict',
    () => get('/v2.1/servers?zzz=1', at('2.75')),
    400,
    'badRequest',
    "'zzz' does not match any of the regexes: '^_'",
  ],
  [
    'a missing key',
    () => post('/v2.1/servers', { server: { name: 'x' } }),
    400,
    'badRequest',
    "Invalid input for field/attribute server. Value: {'name': 'x'}. 'flavorRef' is a required property",
  ],
  [
    'an unknown key',
    () => post('/v2.1/servers', { server: { name: 'x', flavorRef: '1', imageRef: 'i', zzz: 1 } }),
    400,
    'badRequest',
    "Invalid input for field/attribute server. Value: {'name': 'x', 'flavorRef': '1', 'imageRef': 'i', 'zzz': 1}. Additional properties are not allowed ('zzz' was unexpected)",
  ],
  ['broken JSON', () => post('/v2.1/servers', '{"server":'), 400, 'badRequest', 'Malformed request body'],
  [
    'a wrong content type',
    () => post('/v2.1/servers', '<x/>', { 'Content-Type': 'application/xml' }),
    400,
    'badRequest',
    'Malformed request body',
  ],
  ['too large a body', () => post('/v2.1/servers', 'x'.repeat(2_000)), 413, 'overLimit', 'Request is too large.'],
  ['an unknown action', () => post('/v2.1/servers/a/action', { nosuch: null }), 400, 'badRequest', 'There is no such action: nosuch'],
  [
    'two actions at once',
    () => post('/v2.1/servers/a/action', { 'os-stop': null, pause: null }),
    400,
    'badRequest',
    'Malformed request body',
  ],
  [
    'an action beyond its version',
    () => post('/v2.1/servers/a/action', { addFixedIp: { networkId: 'n' } }, at('2.44')),
    404,
    'itemNotFound',
    'The resource could not be found.',
  ],
  [
    'an action on a missing server',
    () => post('/v2.1/servers/x/action', { 'os-stop': null }),
    404,
    'itemNotFound',
    'Instance x could not be found.',
  ],
  ['an unknown path', () => get('/v2.1/nothing'), 404, 'itemNotFound', 'The resource could not be found.'],
  [
    'a method that the path does not know',
    () => ask(`${fixture.url}/v2.1/servers`, { method: 'PATCH', headers: { 'X-Auth-Token': 'good' } }),
    405,
    'badMethod',
    'The method is not allowed for this resource.',
  ],
  [
    'a removed resource',
    () => get('/v2.1/os-cells'),
    410,
    'computeFault',
    'This resource is no longer available. No forwarding address is given.',
  ],
  ['a proxy beyond its version', () => get('/v2.1/images', at('2.36')), 404, 'itemNotFound', 'The resource could not be found.'],
];

test.each(faults)('%s', async (_what, request, status, name, message) => {
  const answer = await request();
  expect([answer.status, answer.json]).toEqual([status, { [name]: { code: status, message } }]);
  expect(answer.header('content-type')).toBe('application/json; charset=UTF-8');
  expect(negotiated(answer.lines)).toHaveLength(4);
});

test.each([
  ['invalid', 400, 'badRequest'],
  ['forbidden', 403, 'forbidden'],
  ['not-found', 404, 'itemNotFound'],
  ['conflict', 409, 'conflictingRequest'],
  ['outdated', 412, 'computeFault'],
  ['over-limit', 403, 'forbidden'],
  ['unavailable', 503, 'serviceUnavailable'],
  ['not-implemented', 501, 'notImplemented'],
])('the kind %s is %i %s', async (kind, status, name) => {
  const answer = await get(`/v2.1/fail/${kind}`);
  expect([answer.status, answer.json]).toEqual([status, { [name]: { code: status, message: 'It failed in /etc/secret.' } }]);
});

test('an internal failure says nothing but the request id', async () => {
  const answer = await get('/v2.1/fail/internal');
  expect([answer.status, answer.text.includes('/etc/secret')]).toEqual([500, false]);
  expect(answer.text).toContain(answer.header('x-openstack-request-id'));
});

test('accepted actions and deletions have no body', async () => {
  const stopped = await post('/v2.1/servers/a/action', { 'os-stop': null });
  expect([stopped.status, stopped.text, negotiated(stopped.lines).length]).toEqual([202, '', 4]);
  const deleted = await ask(`${fixture.url}/v2.1/servers/a`, { method: 'DELETE', headers: { 'X-Auth-Token': 'good', ...json } });
  expect([deleted.status, deleted.text]).toEqual([204, '']);
});

test('a created server has its address in Location', async () => {
  const answer = await post('/v2.1/servers', { server: { name: 'x', flavorRef: 1, networks: 'none' } }, at('2.37'));
  expect([answer.status, answer.header('location')]).toEqual([202, `${fixture.url}/v2.1/servers/new`]);
});

test('the legacy API ignores versions and drops unknown keys', async () => {
  const answer = await post('/v2/servers', { server: { name: 'x', flavorRef: '1', zzz: 1 } }, at('2.75'));
  expect([answer.status, answer.lines.filter(isVersionLine)]).toEqual([202, []]);
  expect(answer.json).not.toHaveProperty('server.locked');
});

test('a query on a route without parameters is ignored first and refused later', async () => {
  expect((await get('/v2.1/servers/a?zzz=1', at('2.101'))).status).toBe(200);
  const answer = await get('/v2.1/servers/a?zzz=1', at('2.102'));
  expect([answer.status, answer.json]).toEqual([
    400,
    { badRequest: { code: 400, message: "Additional properties are not allowed ('zzz' was unexpected)" } },
  ]);
});

test('far too large a body is refused without breaking the connection', async () => {
  expect((await post('/v2.1/servers', 'x'.repeat(5_000_000))).status).toBe(413);
});

test('every route can be documented at every version', () => {
  for (const at of versions.all) {
    const document = openApi(routes, { title: 'Compute', server: 'http://x/v2.1', at });
    expect(document).toHaveProperty(['paths', '/servers/{id}', 'get', 'responses', '200']);
  }
});

test('HEAD answers as GET does, without the body', async () => {
  const answer = await ask(`${fixture.url}/v2.1/servers/a`, { method: 'HEAD', headers: { 'X-Auth-Token': 'good' } });
  expect([answer.status, answer.text]).toEqual([200, '']);
});

// Fault 2026-11 A14.
test.each<[Parameters<typeof startFixture>[0], string | undefined]>([
  [{}, undefined],
  [{ isBehindProxy: true }, 'https://cloud.example.com/compute'],
  [{ isBehindProxy: true, publicOrigin: 'https://other.example' }, 'https://other.example'],
  [{ publicOrigin: 'https://other.example' }, 'https://other.example'],
])('behind a proxy, links of a server with the options %j begin with %s', async (options, start) => {
  const one = await startFixture(options);
  const headers = {
    'X-Auth-Token': 'good',
    'X-Forwarded-Proto': 'https',
    'X-Forwarded-Host': 'cloud.example.com',
    'X-Forwarded-Prefix': '/compute',
  };
  const { json } = await ask(`${one.url}/v2.1/servers/a`, { headers }).finally(() => one.close());
  const origin = start ?? one.url;
  expect(json).toHaveProperty('server.links', [
    { rel: 'self', href: `${origin}/v2.1/servers/a` },
    { rel: 'bookmark', href: `${origin}/servers/a` },
  ]);
});
