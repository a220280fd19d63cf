import { expect, test } from 'vitest';
import { decodedSegments, PathRouter } from './path-router.ts';

const entry = (method: string, path: string) => ({ method, path });
const list = entry('GET', '/servers');
const detail = entry('GET', '/servers/detail');
const show = entry('GET', '/servers/{id}');
const update = entry('PUT', '/servers/{server_id}');
const tag = entry('PUT', '/servers/{id}/tags/{tag}');
const home = entry('GET', '/');
const router = new PathRouter([list, detail, show, update, tag, home]);
const find = (method: string, path: string) => router.match(decodedSegments(path) ?? [])?.methods.get(method)?.[0];

test.each([
  ['GET', '/servers', list],
  ['GET', '/servers/', list],
  ['GET', '/servers/detail', detail],
  ['GET', '/servers/x', show],
  ['PUT', '/servers/x', update],
  ['PUT', '/servers/detail/tags/t', tag],
  ['GET', '', home],
  ['GET', '/nothing', undefined],
  ['GET', '/servers/x/tags', undefined],
])('%s %s', (method, path, expected) => {
  expect(find(method, path)).toBe(expected);
});

test('each entry names the parameters as it declared them, decoded', () => {
  const match = router.match(decodedSegments('/servers/a%2Fb') ?? []);
  expect([match?.paramsOf(show), match?.paramsOf(update)]).toEqual([{ id: 'a/b' }, { server_id: 'a/b' }]);
});

test('a path that is not properly encoded, or is no text, has no segments', () => {
  expect(decodedSegments('/%zz')).toBeUndefined();
  expect(decodedSegments('/a%00b')).toBeUndefined();
});
