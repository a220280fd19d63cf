// The requests of the samples of server actions and instance actions.
import type { SampleRow, SampleTable } from '../../support/published-samples.ts';

const ACTION = 'POST /servers/{server}/action';
const CONSOLES = 'POST /servers/{server}/remote-consoles';
const ACTIONS = 'GET /servers/{server}/os-instance-actions';

/** Server actions; each waits for the one before. */
const actions: readonly SampleTable[] = [
  [
    '2.1',
    'servers',
    [
      [ACTION, { request: 'server-action-reboot' }, 202],
      [ACTION, { request: 'server-action-stop' }, 202],
      [ACTION, { request: 'server-action-start' }, 202],
    ],
  ],
  [
    '2.1',
    'os-pause-server',
    [
      [ACTION, { request: 'pause-server' }, 202],
      [ACTION, { request: 'unpause-server' }, 202],
    ],
  ],
  [
    '2.1',
    'os-lock-server',
    [
      [ACTION, { request: 'lock-server' }, 202],
      [ACTION, { request: 'unlock-server' }, 202],
    ],
  ],
  [
    '2.73',
    'os-lock-server/v2.73',
    [
      [ACTION, { request: 'lock-server' }, 202],
      [ACTION, { request: 'unlock-server' }, 202],
      [ACTION, { request: 'lock-server-with-reason' }, 202],
      [ACTION, { request: 'unlock-server' }, 202],
    ],
  ],
  [
    '2.1',
    'os-admin-actions',
    [
      [ACTION, { request: 'admin-actions-inject-network-info' }, 202],
      [ACTION, { request: 'admin-actions-reset-server-state' }, 202],
      [ACTION, { request: 'admin-actions-reset-network' }, 202],
    ],
  ],
  ['2.1', 'os-deferred-delete', [[ACTION, { request: 'restore-post-req' }, 409]]],
  ['2.48', 'os-server-diagnostics/v2.48', [['GET /servers/{server}/diagnostics', { answer: 'server-diagnostics-get-resp' }]]],
  [
    '2.78',
    'os-server-topology/v2.78',
    [
      ['GET /servers/{server}/topology', { answer: 'servers-topology-resp' }],
      ['GET /servers/{server}/topology', { answer: 'servers-topology-resp-user', as: 'owner' }],
    ],
  ],
  // No hypervisor here supports it, and the answer says so.
  ['2.1', 'os-admin-password', [[ACTION, { request: 'admin-password-change-password' }, 202]]],
  [
    '2.1',
    'os-remote-consoles',
    [
      [ACTION, { request: 'get-vnc-console-post-req', answer: 'get-vnc-console-post-resp' }],
      [ACTION, { request: 'get-spice-console-post-req', answer: 'get-spice-console-post-resp' }],
      [ACTION, { request: 'get-serial-console-post-req', answer: 'get-serial-console-post-resp' }],
      // Removed from all versions.
      [ACTION, { request: 'get-rdp-console-post-req' }, 410],
    ],
  ],
  [
    '2.6',
    'os-remote-consoles/v2.6',
    [
      [CONSOLES, { request: 'create-vnc-console-req', answer: 'create-vnc-console-resp' }],
      [CONSOLES, { request: 'create-rdp-console-req', refusal: 'Unavailable console type rdp-html5.' }, 400],
    ],
  ],
  ['2.8', 'os-remote-consoles/v2.8', [[CONSOLES, { request: 'create-mks-console-req', refusal: 'Unavailable console type webmks.' }, 400]]],
  [
    '2.99',
    'os-remote-consoles/v2.99',
    [[CONSOLES, { request: 'create-spice-direct-console-req', answer: 'create-spice-direct-console-resp' }]],
  ],
  [
    '2.31',
    'os-console-auth-tokens/v2.31',
    [
      [CONSOLES, { request: 'create-serial-console-req' }],
      ['GET /os-console-auth-tokens/{console}', { answer: 'get-console-connect-info-get-resp' }],
    ],
  ],
  [
    '2.99',
    'os-console-auth-tokens/v2.99',
    [
      [CONSOLES, { request: 'create-spice-direct-console-req' }],
      ['GET /os-console-auth-tokens/{console}', { answer: 'get-console-connect-info-get-resp' }],
    ],
  ],
  ['2.1', 'os-console-output', [[ACTION, { request: 'console-output-post-req', answer: 'console-output-post-resp' }]]],
];

/** The host that the samples evacuate to is none of ours, and the server's own host is alive. */
const evacuated: readonly SampleRow[] = [
  [ACTION, { request: 'server-evacuate-req' }, 404],
  [ACTION, { request: 'server-evacuate-find-host-req', refusal: 'still in use' }, 400],
];

/** Moves: on the only host a server can be resized, but not migrated. */
const moves: readonly SampleTable[] = [
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
  ['2.1', 'os-migrate-server', [[ACTION, { request: 'migrate-server' }, 202]]],
  [
    '2.56',
    'os-migrate-server/v2.56',
    [
      [ACTION, { request: 'migrate-server' }, 400],
      [ACTION, { request: 'migrate-server-null' }, 202],
    ],
  ],
  ['2.1', 'os-evacuate', evacuated],
  ['2.14', 'os-evacuate/v2.14', evacuated],
  ['2.68', 'os-evacuate/v2.68', evacuated],
  ['2.95', 'os-evacuate/v2.95', evacuated],
];

/** Instance actions. */
const remembered: readonly SampleTable[] = [
  [
    '2.21',
    'os-instance-actions/v2.21',
    [
      [ACTIONS, { answer: 'instance-actions-list-resp' }],
      [`${ACTIONS}/{request}`, { answer: 'instance-action-get-resp' }],
    ],
  ],
  ['2.51', 'os-instance-actions/v2.51', [[ACTIONS, { answer: 'instance-actions-list-resp' }], ...actionShown()]],
  ['2.58', 'os-instance-actions/v2.58', [...actionPages(), ...actionShown()]],
  ['2.66', 'os-instance-actions/v2.66', [...actionPages(), actionsBefore(), ...actionShown()]],
  ['2.84', 'os-instance-actions/v2.84', [...actionPages(), actionsBefore(), ...actionShown()]],
];

/** Versions at which a rebuild changed. */
const REBUILDS = ['2.19', '2.26', '2.47', '2.54', '2.57', '2.71', '2.73', '2.75', '2.90', '2.94', '2.96', '2.98', '2.100'];

const rebuilt = { request: 'server-action-rebuild', answer: 'server-action-rebuild-resp' } as const;
/** From 2.90 on Nova's samples are those of an owner. */
const isOfOwner = (at: string): boolean => Number(at.split('.')[1]) >= 90;

const rebuilds: readonly SampleTable[] = [
  ['2.1', 'servers', [[ACTION, rebuilt, 202]]],
  ...REBUILDS.map((at): SampleTable => [at, `servers/v${at}`, [[ACTION, { ...rebuilt, as: isOfOwner(at) ? 'owner' : 'admin' }, 202]]]),
  ['2.17', 'servers/v2.17', [[ACTION, { request: 'server-action-trigger-crash-dump' }, 202]]],
];

/** A server leaves its host only when it is told to. */
const offloaded: SampleRow = [ACTION, { request: { shelveOffload: null } }, 202];
/** A zone and a host of another cloud. */
const noZone = { refusal: 'The requested availability zone is not available' };
const noHost = { refusal: 'Compute host host01 could not be found.' };

/** Images of servers, and shelving. */
const disks: readonly SampleTable[] = [
  ['2.1', 'servers', [[ACTION, { request: 'server-action-create-image' }, 202]]],
  ['2.45', 'servers/v2.45', [[ACTION, { request: 'server-action-create-image', answer: 'server-action-create-image-resp' }, 202]]],
  ['2.1', 'os-create-backup', [[ACTION, { request: 'create-backup-req' }, 202]]],
  ['2.45', 'os-create-backup/v2.45', [[ACTION, { request: 'create-backup-req', answer: 'create-backup-resp' }, 202]]],
  [
    '2.1',
    'os-shelve',
    [
      [ACTION, { request: 'os-shelve' }, 202],
      [ACTION, { request: 'os-shelve-offload' }, 202],
      [ACTION, { request: 'os-unshelve' }, 202],
    ],
  ],
  [
    '2.77',
    'os-shelve/v2.77',
    [
      [ACTION, { request: 'os-shelve' }, 202],
      [ACTION, { request: 'os-unshelve' }, 202],
      [ACTION, { request: 'os-shelve' }, 202],
      offloaded,
      [ACTION, { request: 'os-unshelve-az' }, 202],
    ],
  ],
  [
    '2.91',
    'os-shelve/v2.91',
    [
      [ACTION, { request: 'os-shelve' }, 202],
      [ACTION, { request: 'os-unshelve' }, 202],
      [ACTION, { request: 'os-shelve' }, 202],
      offloaded,
      [ACTION, { request: 'os-unshelve-az' }, 202],
      [ACTION, { request: 'os-shelve' }, 202],
      offloaded,
      [ACTION, { request: 'os-unshelve-host', ...noHost }, 400],
      [ACTION, { request: 'os-unshelve-az-host', ...noZone }, 400],
      [ACTION, { request: 'os-unshelve-host-and-unpin-az', ...noHost }, 400],
      [ACTION, { request: 'os-unshelve-unpin-az' }, 202],
    ],
  ],
];

/** The end of the server of all requests. */
const deletions: readonly SampleTable[] = [['2.1', 'os-deferred-delete', [[ACTION, { request: 'force-delete-post-req' }, 202]]]];

/** Server actions, then instance actions. */
export const serverActionSamples: readonly SampleTable[] = [...actions, ...moves, ...rebuilds, ...disks, ...remembered, ...deletions];

function actionShown(): SampleRow[] {
  return [
    [`${ACTIONS}/{request}`, { answer: 'instance-action-get-resp' }],
    [`${ACTIONS}/{request}`, { answer: 'instance-action-get-non-admin-resp', as: 'owner' }],
  ];
}

function actionPages(): SampleRow[] {
  return [
    [ACTIONS, { answer: 'instance-actions-list-resp' }],
    [`${ACTIONS}?limit=1`, { answer: 'instance-actions-list-with-limit-resp' }],
    [`${ACTIONS}?marker={request}`, { answer: 'instance-actions-list-with-marker-resp' }],
    [`${ACTIONS}?changes-since=2026-01-01T00:00:00Z`, { answer: 'instance-actions-list-with-changes-since' }],
  ];
}

function actionsBefore(): SampleRow {
  return [`${ACTIONS}?changes-before=2126-01-01T00:00:00Z`, { answer: 'instance-actions-list-with-changes-before' }];
}
