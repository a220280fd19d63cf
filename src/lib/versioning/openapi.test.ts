import { Type as t } from '@sinclair/typebox';
import { expect, test } from 'vitest';
import { microversions } from './microversion.ts';
import { openApi, type DocumentedRoute } from './openapi.ts';
import { manyParam, param, queryParams } from './query-params.ts';
import { envelopeBody } from './request-body.ts';
import { field, resource } from './resource.ts';

const v = microversions({ initial: ['2.1', 'First.'], lockState: ['2.9', 'Locks.'], noImages: ['2.36', 'No images.'] });
const server = resource<{ id: string }>()('server', {
  id: field(t.String(), ({ id }) => id),
  locked: field(t.Boolean(), () => false, { since: v.lockState }),
});
const plain = { answers: { schemaAt: () => undefined }, statusAt: () => 202 };
const routes: DocumentedRoute[] = [
  { method: 'GET', path: '/servers/{id}', summary: 'Show.', policy: 'show', answers: { schemaAt: server.schemaAt }, statusAt: () => 200 },
  {
    method: 'GET',
    path: '/servers',
    summary: 'List.',
    query: queryParams({ limit: param(), tag: manyParam({ since: v.lockState }) }),
    ...plain,
  },
  { method: 'POST', path: '/servers/{id}/action', action: 'pause', summary: 'Pause.', body: envelopeBody('pause', t.Null()), ...plain },
  { method: 'POST', path: '/servers/{id}/action', action: 'lock', summary: 'Lock.', body: envelopeBody('lock', t.Null()), ...plain },
  { method: 'GET', path: '/images', summary: 'Images.', until: v.noImages, auth: 'none', ...plain },
];
const documentAt = (at: (typeof v)[keyof typeof v]) => openApi(routes, { title: 'Compute', server: 'http://x/v2.1', at });

test('a document shows what is live at its version', () => {
  expect(documentAt(v.initial)).toHaveProperty(['paths', '/images', 'get', 'security'], []);
  expect(documentAt(v.noImages)).not.toHaveProperty(['paths', '/images']);
  const shown = ['paths', '/servers/{id}', 'get', 'responses', '200', 'content', 'application/json', 'schema', 'properties'];
  expect(documentAt(v.initial)).not.toHaveProperty([...shown, 'locked']);
  expect(documentAt(v.lockState)).toHaveProperty([...shown, 'locked', 'type'], 'boolean');
});

test('parameters come from path and query', () => {
  expect(documentAt(v.initial)).toHaveProperty(['paths', '/servers/{id}', 'parameters', '0', 'name'], 'id');
  const names = (at: (typeof v)[keyof typeof v]) => JSON.stringify(documentAt(at)).match(/"name":"(limit|tag)"/g);
  expect([names(v.initial)?.length, names(v.lockState)?.length]).toEqual([1, 2]);
});

test('the actions of one path are alternatives of one operation', () => {
  const schema = ['paths', '/servers/{id}/action', 'post', 'requestBody', 'content', 'application/json', 'schema', 'oneOf'];
  expect(documentAt(v.initial)).toHaveProperty([...schema, '1', 'properties', 'lock']);
  expect(documentAt(v.initial)).toHaveProperty(['paths', '/servers/{id}/action', 'post', 'summary'], 'Pause. Lock.');
});

test('operations have names of their own', () => {
  const ids = JSON.stringify(documentAt(v.initial)).match(/"operationId":"[^"]+"/g) ?? [];
  expect(new Set(ids).size).toBe(4);
});
