// The requests of the samples of moves: each waits for the one before, and leaves the server idle.
import type { SampleTable } from '../../support/published-samples.ts';

const ACTION = 'POST /servers/{server}/action';

/** Resize, cold and live migration, and their ends. */
export const serverMoveSamples: readonly SampleTable[] = [
  [
    '2.1',
    'servers',
    [
      [ACTION, { request: 'server-action-resize' }, 202],
      [ACTION, { request: 'server-action-revert-resize' }, 202],
      [ACTION, { request: 'server-action-resize' }, 202],
      [ACTION, { request: 'server-action-confirm-resize' }, 204],
    ],
  ],
  [
    '2.1',
    'os-migrate-server',
    [
      [ACTION, { request: 'live-migrate-server' }, 202],
      [ACTION, { request: 'migrate-server' }, 202],
      [ACTION, { request: { confirmResize: null } }, 204],
    ],
  ],
  // Away from the host that it names, so that it can go there.
  ['2.25', 'os-migrate-server/v2.25', [[ACTION, { request: 'live-migrate-server' }, 202]]],
  [
    '2.56',
    'os-migrate-server/v2.56',
    [
      [ACTION, { request: 'migrate-server' }, 202],
      [ACTION, { request: { confirmResize: null } }, 204],
      [ACTION, { request: 'migrate-server-null' }, 202],
      [ACTION, { request: { revertResize: null } }, 202],
    ],
  ],
  ['2.24', 'server-migrations/v2.24', [[ACTION, { request: 'live-migrate-server' }, 202]]],
];

/** What is shown of a live migration while it runs. */
export const runningMoveSamples: readonly SampleTable[] = [
  [
    '2.80',
    'server-migrations/v2.80',
    [
      [ACTION, { request: 'live-migrate-server' }, 202],
      ['GET /servers/{server}/migrations', { answer: 'migrations-index' }],
      ['GET /servers/{server}/migrations/{migration}', { answer: 'migrations-get' }],
      ['DELETE /servers/{server}/migrations/{migration}', {}, 202],
    ],
  ],
];
