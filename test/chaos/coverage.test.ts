import { expect, test } from 'vitest';
import { serverRoutes } from '../../src/api/openstack/compute/servers/index.ts';
import { createOperations } from './create-operations.ts';
import { serverOperations } from './server-operations.ts';

/** Routes that change nothing that could be lost. */
const WITHOUT_EFFECT = [
  'POST /servers/{id}/action os-getConsoleOutput',
  'POST /servers/{id}/action injectNetworkInfo',
  'POST /servers/{id}/action resetNetwork',
  // They end a live migration early, one way or the other.
  'DELETE /servers/{id}/migrations/{migration}',
  'POST /servers/{id}/migrations/{migration}/action force_complete',
];

test('every route that changes servers is part of the chaos', () => {
  const routes = serverRoutes
    // The same as those of servers, under another name.
    .filter(({ method, path }) => method !== 'GET' && !path.startsWith('/os-volumes_boot'))
    .map(({ method, path, action }) => `${method} ${path} ${action ?? ''}`.trim());
  const covered = [...createOperations, ...serverOperations].flatMap(({ covers }) => covers);
  expect([...new Set(routes)].filter((route) => !covered.includes(route) && !WITHOUT_EFFECT.includes(route))).toEqual([]);
});
