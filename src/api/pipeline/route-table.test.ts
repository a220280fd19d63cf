import { Type as t } from '@sinclair/typebox';
import { expect, test } from 'vitest';
import { v } from '../../microversions.ts';
import { actionRoute, done, route } from './route.ts';
import { routeTable } from './route-table.ts';

const put = (path: string, window: object) =>
  route({ method: 'PUT', path, summary: `Put ${path}.`, status: 200, ...window, handle: () => done() });
const act = (key: string) => actionRoute({ key, summary: key, body: t.Null(), status: 202, handle: () => done() });

test('routes may follow one another in time, and actions share their path', () => {
  const table = [put('/s/{id}', { until: v.lockState }), put('/s/{host}', { since: v.lockState }), act('pause'), act('unpause')];
  expect(() => routeTable(table)).not.toThrow();
});

test('two routes that could answer one request are refused', () => {
  const table = [put('/s/{id}', { until: v.lockState }), put('/s/{host}', { since: v.mksConsoles })];
  expect(() => routeTable(table)).toThrow('"Put /s/{id}." and "Put /s/{host}." do not share PUT /s/{}');
  expect(() => routeTable([act('pause'), act('pause')])).toThrow('POST /servers/{}/action pause');
});
