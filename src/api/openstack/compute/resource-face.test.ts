import { Type as t } from '@sinclair/typebox';
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest';
import { ask } from '../../../../test/support/ask.ts';
import type { KeypairApi } from '../../../compute/keypairs/keypair-api.ts';
import { systemClock } from '../../../lib/clock/clock.ts';
import { seededIds } from '../../../lib/clock/ids.ts';
import { errorType } from '../../../lib/errors/error-type.ts';
import { createHttpServer, type HttpServer } from '../../../lib/http/http-server.ts';
import { silentLog } from '../../../lib/log/log.ts';
import { live } from '../../../lib/versioning/microversion.ts';
import { openApi } from '../../../lib/versioning/openapi.ts';
import { param } from '../../../lib/versioning/query-params.ts';
import { requestBody } from '../../../lib/versioning/request-body.ts';
import { field, resource } from '../../../lib/versioning/resource.ts';
import { bodyField } from '../../../lib/versioning/shape.ts';
import { fits } from '../../../lib/versioning/validation.ts';
import { v, versions } from '../../../microversions.ts';
import { novaPolicy } from '../../../policy/policy.ts';
import { mountCompute } from '../../pipeline/mount-compute.ts';
import { openPolicy } from '../../pipeline/site.ts';
import type { ComputeFaceDeps } from './deps.ts';
import { documentedCompute } from './documented.ts';
import { bodyAt, type DepsOf, resourceOf } from './resource-face.ts';
import { computeResources } from './resources.ts';

const NoSuchThing = errorType('NoSuchThing', 'not-found', (p: { id: string }) => `There is no thing ${p.id}.`);

interface Thing {
  readonly id: string;
  readonly colour: string;
}
interface Deps {
  readonly things: Map<string, Thing>;
}

const thingView = resource<Thing>()('thing', {
  id: field(t.String(), ({ id }) => id),
  colour: field(t.String(), ({ colour }) => colour, { since: v.description }),
});
const body = requestBody('thing', { colour: bodyField({ type: t.String(), required: true }) });
const { list, show, create, update, remove, face } = resourceOf({
  path: '/things',
  id: 'id',
  one: 'thing',
  many: 'things',
  rules: 'os_compute_api:things',
});

const find = ({ things }: Deps, id: string): Thing => {
  const found = things.get(id);
  if (!found) throw NoSuchThing({ id });
  return found;
};
const put = ({ things }: Deps, thing: Thing): Thing => {
  things.set(thing.id, thing);
  return thing;
};

const things = face({
  operations: [
    list({
      summary: 'List things.',
      query: { colour: param() },
      strict: { since: v.strictKeys },
      pages: { since: v.keypairPaging },
      view: thingView,
      markerOf: ({ id }) => id,
      run: async ({ query: { colour }, page: { limit, marker = '' } }, deps: Deps) =>
        [...deps.things.values()].filter((thing) => (colour ?? thing.colour) === thing.colour && thing.id > marker).slice(0, limit),
    }),
    show({ summary: 'Show a thing.', view: thingView, run: async ({ id }, deps: Deps) => find(deps, id) }),
    create({
      summary: 'Make a thing.',
      body,
      status: 201,
      view: thingView,
      run: async (req, deps: Deps) => put(deps, { id: `${deps.things.size}`, colour: req.body.colour }),
    }),
    update({
      summary: 'Paint a thing.',
      since: v.description,
      body,
      view: thingView,
      run: async ({ id, body: { colour } }, deps: Deps) => put(deps, { ...find(deps, id), colour }),
    }),
    remove({ summary: 'Take a thing away.', run: async ({ id }, deps: Deps) => void deps.things.delete(find(deps, id).id) }),
  ],
  samples: [{ id: 'a', colour: 'red' }],
  thing: { body: { thing: { colour: 'red' } }, madeBy: 'admin', isPrivate: false },
});

let server: HttpServer;
let url: string;
beforeAll(async () => {
  server = createHttpServer({ log: silentLog, clock: systemClock, ids: seededIds() });
  mountCompute(server, {
    routes: things.routes,
    deps: { things: new Map(), maxLimit: 2 },
    log: silentLog,
    authenticate: async () => ({ requestId: '', userId: 'u', projectId: 'p', roles: [], isAdmin: false }),
    policy: openPolicy,
    identityUrl: 'http://identity',
  });
  ({ url } = await server.listen({ host: '127.0.0.1', port: 0 }));
});
afterAll(() => server.close());

async function told(method: string, path: string, { at = '2.1', sent }: { at?: string; sent?: unknown } = {}) {
  const answer = await ask(`${url}/v2.1${path}`, method, sent, { 'x-auth-token': 't', 'openstack-api-version': `compute ${at}` });
  return [answer.status, answer.body];
}

test('a resource that is declared whole is made, shown, listed, changed and removed', async () => {
  for (const colour of ['red', 'blue', 'red']) expect((await told('POST', '/things', { sent: { thing: { colour } } }))[0]).toBe(201);
  expect(await told('GET', '/things/1', { at: '2.19' })).toEqual([200, { thing: { id: '1', colour: 'blue' } }]);
  expect(await told('GET', '/things/1', { at: '2.18' })).toEqual([200, { thing: { id: '1' } }]);
  expect(await told('GET', '/things?colour=red')).toEqual([200, { things: [{ id: '0' }, { id: '2' }] }]);
  expect(await told('PUT', '/things/1', { at: '2.19', sent: { thing: { colour: 'green' } } })).toEqual([
    200,
    { thing: { id: '1', colour: 'green' } },
  ]);
  expect((await told('PUT', '/things/1', { at: '2.18', sent: { thing: { colour: 'green' } } }))[0]).toBe(404);
  expect(await told('DELETE', '/things/2')).toEqual([204, undefined]);
  expect((await told('GET', '/things/2'))[0]).toBe(404);
  expect((await told('POST', '/things', { sent: { thing: {} } }))[0]).toBe(400);
});

const next = (query: string) => [{ rel: 'next', href: `${url}/v2.1/things?${query}` }];

test('its list has pages from the version on that says so, within the longest that is allowed', async () => {
  await told('POST', '/things', { sent: { thing: { colour: 'white' } } });
  expect(await told('GET', '/things?limit=1', { at: '2.35' })).toEqual([
    200,
    { things: [{ id: '0', colour: 'red' }], things_links: next('limit=1&marker=0') },
  ]);
  expect(await told('GET', '/things?marker=1&limit=9', { at: '2.35' })).toMatchObject([200, { things: [{ id: '2' }] }]);
  expect(await told('GET', '/things?limit=1', { at: '2.34' })).toMatchObject([200, { things: [{ id: '0' }, { id: '1' }] }]);
  expect((await told('GET', '/things?size=1', { at: '2.75' }))[0]).toBe(400);
});

test('its documents name its rules and show a sample', () => {
  const document = JSON.parse(JSON.stringify(openApi(things.routes, { title: 'Things', server: '/v2.1', at: v.initial })));
  expect(document.paths['/things'].get).toMatchObject({
    'x-policy': ['os_compute_api:things:index'],
    responses: { 200: { content: { 'application/json': { example: { things: [{ id: 'a' }] } } } } },
  });
  expect(document.paths['/things'].post.requestBody.content['application/json'].example).toEqual({ thing: { colour: 'red' } });
  expect(document.paths['/things/{id}'].delete['x-policy']).toEqual(['os_compute_api:things:delete']);
});

test('what resources need follows from their operations', () => {
  expectTypeOf<DepsOf<typeof things>>().toEqualTypeOf<Deps & { readonly maxLimit: number }>();
  expectTypeOf<DepsOf<typeof things | (typeof computeResources)[0]>>().toExtend<Deps & { readonly keypairs: KeypairApi }>();
  expectTypeOf<ComputeFaceDeps>().toHaveProperty('keypairs');
  // @ts-expect-error a view shows only what samples are
  face({ operations: [show({ summary: 'x', view: thingView, run: async (_req, deps: Deps) => find(deps, '') })], samples: [{ id: 1 }] });
});

describe.each(computeResources.map((one) => [one.path, one] as const))('%s', (path, { routes, thing }) => {
  test('is guarded by rules that exist', () => {
    const policy = novaPolicy();
    expect(routes.map(({ documented }) => documented?.rule ?? '').filter((rule) => !policy.has(rule))).toEqual([]);
  });

  test('shows examples in its documents that fit their schemas, at every version', () => {
    for (const at of versions.all) {
      for (const { answers, documented, ...route } of routes) {
        if (!live(route, at) || documented?.answer === undefined) continue;
        const shown: unknown = JSON.parse(
          JSON.stringify(answers.render(documented.answer, { at, may: () => true, baseUrl: '', bookmarkUrl: '' })),
        );
        expect([at.version, fits(answers.schemaAt(at) ?? t.Never(), shown)]).toEqual([at.version, true]);
      }
      const create = routes.find((route) => route.method === 'POST' && live(route, at));
      if (thing && create) expect(() => create.body?.parse(bodyAt(thing, at), at)).not.toThrow();
    }
    expect(documentedCompute.routes).toEqual(expect.arrayContaining([...routes]));
    expect(path).toMatch(/^\/[a-z-]+$/);
  });
});
