// The requests of the samples of servers, with version and caller.
import type { Asker, SampleRow, SampleTable } from '../../support/published-samples.ts';
import { serverActionSamples } from './server-action-samples.ts';
import { serverRecordSamples } from './server-record-samples.ts';

const ACTION = 'POST /servers/{server}/action';

/** Servers, in order of version; from 2.90 on Nova's samples are an owner's. */
const servers: readonly SampleTable[] = [
  [
    '2.1',
    'servers',
    [
      ...created(),
      ...read('admin'),
      ['GET /servers?status=active&limit=1&all_tenants=1', { answer: 'servers-list-status-resp' }],
      ...updated('admin'),
    ],
  ],
  ['2.3', 'servers/v2.3', read('admin')],
  ['2.9', 'servers/v2.9', read('admin')],
  ['2.16', 'servers/v2.16', read('admin')],
  [
    '2.19',
    'servers/v2.19',
    [...created(), ...read('admin'), ['PUT /servers/{server}', { request: 'server-put-req', answer: 'server-put-resp' }]],
  ],
  ['2.37', 'servers', created('server-create-req-v237')],
  ['2.47', 'servers/v2.47', [...created(), ...read('admin'), ...updated('admin')]],
  ['2.52', 'servers/v2.52', [...created(), ...read('admin')]],
  ['2.57', 'servers', created('server-create-req-v257')],
  ['2.57', 'servers/v2.57', created()],
  ['2.69', 'servers/v2.69', created()],
  ['2.71', 'servers/v2.71', [...created(), shown('admin'), ...updated('admin')]],
  [
    '2.73',
    'servers/v2.73',
    [
      ...created(),
      shown('admin'),
      ['GET /servers/detail?all_tenants=1', { answer: 'servers-details-resp' }],
      ...updated('admin'),
      [ACTION, { request: 'lock-server-with-reason' }, 202],
      [ACTION, { request: { unlock: null } }, 202],
    ],
  ],
  [
    '2.74',
    'servers/v2.74',
    ['host-and-node', 'only-host', 'only-node'].flatMap((where) => created(`server-create-req-with-${where}`, 'admin')),
  ],
  ['2.75', 'servers/v2.75', updated('admin')],
  ['2.90', 'servers/v2.90', [...read('owner'), ...updated('owner')]],
  ['2.94', 'servers/v2.94', [...read('owner'), ...updated('owner')]],
  ['2.96', 'servers/v2.96', [...read('owner'), ...updated('owner')]],
  ['2.98', 'servers/v2.98', [...read('owner'), ...updated('owner')]],
  ['2.100', 'servers/v2.100', [...created(), ...read('owner'), ...updated('owner')]],
  ['2.1', 'servers-sort', [['GET /servers?sort_key=display_name&sort_dir=asc', { answer: 'server-sort-keys-list-resp' }]]],
];

/** For samples published for versions that refuse them: networks are required since 2.37, and files are not injected since 2.57. */
const stale = refused("'networks' is a required property");

/** Published although no version accepts them. */
const refusals: readonly SampleTable[] = [
  ['2.90', 'servers/v2.90', stale],
  ['2.94', 'servers/v2.94', stale],
];

/** Servers that boot from volumes: an administrator's, and last, because they take addresses that other samples name. */
const fromVolumes = ['2.32', '2.42', '2.67'].map((at): SampleTable => [at, `servers/v${at}`, created('server-create-req', 'admin')]);

/** Servers and their subresources. */
export const serverSamples: readonly SampleTable[] = [
  ...servers,
  ...refusals,
  ...serverRecordSamples,
  ...serverActionSamples,
  ...fromVolumes,
];

function refused(refusal: string): SampleRow[] {
  return [['POST /servers', { request: 'server-create-req', refusal }, 400]];
}

function created(request = 'server-create-req', as: Asker = 'owner'): SampleRow[] {
  return [['POST /servers', { request, answer: 'server-create-resp', as }, 202]];
}

function shown(as: Asker): SampleRow {
  return ['GET /servers/{server}', { answer: 'server-get-resp', as }];
}

/** The server and both lists, of which the samples show the first of two pages. */
function read(as: Asker): SampleRow[] {
  const page = as === 'admin' ? '?limit=1&all_tenants=1' : '?limit=1';
  return [
    shown(as),
    [`GET /servers${page}`, { answer: 'servers-list-resp', as }],
    [`GET /servers/detail${page}`, { answer: 'servers-details-resp', as }],
  ];
}

function updated(as: Asker): SampleRow[] {
  return [['PUT /servers/{server}', { request: 'server-update-req', answer: 'server-update-resp', as }]];
}
