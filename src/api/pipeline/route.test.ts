import { Type as t } from '@sinclair/typebox';
import { expect, expectTypeOf, test } from 'vitest';
import { live } from '../../lib/versioning/microversion.ts';
import { field, resource } from '../../lib/versioning/resource.ts';
import { param, queryParams } from '../../lib/versioning/query-params.ts';
import { requestBody } from '../../lib/versioning/request-body.ts';
import { bodyField } from '../../lib/versioning/shape.ts';
import { v } from '../../microversions.ts';
import { answerAt, envelope, exactly, nothing } from './answer.ts';
import { actionRoute, done, ok, route, type Route } from './route.ts';

interface Server {
  readonly id: string;
}
interface Deps {
  readonly find: (id: string) => Promise<Server>;
}
const serverView = resource<Server>()('server', { id: field(t.String(), (server) => server.id) });

test('path, query and body reach the handler typed', () => {
  const show = route({
    method: 'PUT',
    path: '/servers/{id}/tags/{tag}',
    summary: 'Tag a server.',
    query: queryParams({ limit: param({ read: Number }) }),
    body: requestBody('server', { name: bodyField({ type: t.String(), required: true }) }),
    status: 200,
    answers: envelope('server', serverView),
    handle: async ({ params, query, body }, { find }: Deps) => {
      expectTypeOf(params.id).toEqualTypeOf<string>();
      expectTypeOf(params.tag).toEqualTypeOf<string>();
      // @ts-expect-error no such parameter in the path
      expectTypeOf(params.server_id).toEqualTypeOf<string>();
      expectTypeOf(query.limit).toEqualTypeOf<number | undefined>();
      expectTypeOf(body.name).toEqualTypeOf<string>();
      return ok(await find(params.id));
    },
  });
  expectTypeOf(show).toEqualTypeOf<Route<Deps>>();
  expect(show.path).toBe('/servers/{id}/tags/{tag}');
});

test('a handler must return what the route answers', () => {
  route({
    method: 'GET',
    path: '/servers/{id}',
    summary: 'Show a server.',
    status: 200,
    answers: exactly(t.Object({ id: t.String() })),
    // @ts-expect-error the answer is an object with an id
    handle: () => ok({ name: 'x' }),
  });
  route({
    method: 'GET',
    path: '/servers/{id}',
    summary: 'Show a server.',
    status: 200,
    // @ts-expect-error without `answers` there is nothing to put the value into
    handle: () => ok({ id: 'x' }),
  });
  const image = exactly(t.Object({ image_id: t.String() }));
  actionRoute({
    key: 'createImage',
    summary: 'Make an image.',
    body: t.Object({ name: t.String() }),
    status: 202,
    answers: answerAt((at) => (live({ since: v.imageIdAnswer }, at) ? image : nothing)),
    handle: ({ body }) => ok({ image_id: body.name }),
  });
  expect(done({ status: 204 })).toEqual({ value: undefined, status: 204 });
});

test('an action has the key of its body and the path of server actions', () => {
  const stop = actionRoute({
    key: 'os-stop',
    summary: 'Stop a server.',
    body: t.Object({ graceSeconds: t.Integer() }),
    status: 202,
    handle: async ({ params, body }, { find }: Deps) => {
      expectTypeOf(params.id).toEqualTypeOf<string>();
      expectTypeOf(body.graceSeconds).toEqualTypeOf<number>();
      await find(params.id);
      return done();
    },
  });
  expect([stop.method, stop.path, stop.action]).toEqual(['POST', '/servers/{id}/action', 'os-stop']);
  expectTypeOf(stop).toEqualTypeOf<Route<Deps>>();
});
