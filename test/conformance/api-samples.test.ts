/** The samples that Nova publishes of its API, where somebody has put them: each request is taken at its version, each answer has its shape. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { saveHostReport } from '../../src/db/stores/hosts.ts';
import { createProject } from '../../src/db/stores/identity-admin.ts';
import { insertServer } from '../../src/db/stores/servers.ts';
import { beat } from '../../src/db/stores/services.ts';
import { seededIds } from '../../src/lib/clock/ids.ts';
import { asId, type HostName } from '../../src/objects/ids.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { openOperatorFace, type OperatorFace } from '../support/operator-face.ts';
import { sampleServer } from '../support/sample-server.ts';
import { shapeFaults } from '../support/sample-shapes.ts';

const directory = process.env['NOVA_API_SAMPLES'] ?? join(import.meta.dirname, '../../../shared/reference/api_samples');
const missing = existsSync(directory) ? '' : `: no samples at ${directory}; NOVA_API_SAMPLES says where they are`;
const ids = seededIds(7);
const PROJECT = 'fake_tenant';

/** `method path`, where `{number}` is filled in; the samples of request and answer; another status than 200. */
type Row = readonly [ask: string, samples: { readonly request?: string | object; readonly answer?: string }, status?: number];

const listServices: Row = ['GET /os-services', { answer: 'services-list-get-resp' }];

/** Samples by the version at which they hold and the folder in which they lie, in an order in which they can be asked for. */
const tables: readonly (readonly [at: string, folder: string, rows: readonly Row[]])[] = [
  ['2.1', 'flavors', flavorRows()],
  ['2.61', 'flavors/v2.61', flavorRows()],
  ['2.75', 'flavors/v2.75', flavorRows()],
  ['2.102', 'flavors/v2.102', flavorRows()],
  [
    '2.61',
    'flavor-manage/v2.61',
    [
      ['POST /flavors', { request: 'flavor-create-post-req', answer: 'flavor-create-post-resp' }],
      ['PUT /flavors/10', { request: 'flavor-update-req', answer: 'flavor-update-resp' }],
      ['DELETE /flavors/10', {}, 202],
    ],
  ],
  [
    '2.1',
    'flavor-access',
    [
      ['POST /flavors', { request: 'flavor-create-req' }],
      ['POST /flavors/10/action', { request: 'flavor-access-add-tenant-req', answer: 'flavor-access-add-tenant-resp' }],
      ['GET /flavors/10/os-flavor-access', { answer: 'flavor-access-list-resp' }],
      ['POST /flavors/10/action', { request: 'flavor-access-remove-tenant-req', answer: 'flavor-access-remove-tenant-resp' }],
      ['DELETE /flavors/10', {}, 202],
    ],
  ],
  [
    '2.7',
    'flavor-access/v2.7',
    [
      ['POST /flavors', { request: 'flavor-create-req' }],
      ['POST /flavors/10/action', { request: 'flavor-access-add-tenant-req' }, 409],
      ['DELETE /flavors/10', {}, 202],
    ],
  ],
  [
    '2.1',
    'flavor-extra-specs',
    [
      ['POST /flavors/1/os-extra_specs', { request: 'flavor-extra-specs-create-req', answer: 'flavor-extra-specs-create-resp' }],
      ['GET /flavors/1/os-extra_specs', { answer: 'flavor-extra-specs-list-resp' }],
      ['GET /flavors/1/os-extra_specs/hw:numa_nodes', { answer: 'flavor-extra-specs-get-resp' }],
      [
        'PUT /flavors/1/os-extra_specs/hw:numa_nodes',
        { request: 'flavor-extra-specs-update-req', answer: 'flavor-extra-specs-update-resp' },
      ],
      ['DELETE /flavors/1/os-extra_specs/hw:numa_nodes', {}],
    ],
  ],
  ['2.10', 'os-keypairs/v2.10', keypairRows()],
  [
    '2.35',
    'os-keypairs/v2.35',
    [
      ['POST /os-keypairs', { request: 'keypairs-post-req', answer: 'keypairs-post-resp' }, 201],
      ['GET /os-keypairs?user_id=fake&limit=1', { answer: 'keypairs-list-user2-resp' }],
      ['GET /os-keypairs?user_id=fake', { answer: 'keypairs-list-user1-resp' }],
      ['DELETE /os-keypairs/{keypair}?user_id=fake', {}, 204],
    ],
  ],
  [
    '2.92',
    'os-keypairs/v2.92',
    [
      ['POST /os-keypairs', { request: 'keypairs-import-post-req', answer: 'keypairs-import-post-resp' }, 201],
      ['POST /os-keypairs', { request: 'keypairs-post-req' }, 400],
    ],
  ],
  ['2.39', 'limits/v2.39', [['GET /limits', { answer: 'limit-get-resp' }]]],
  ['2.57', 'limits/v2.57', [['GET /limits', { answer: 'limit-get-resp' }]]],
  ['2.1', 'os-quota-sets', quotaRows()],
  ['2.36', 'os-quota-sets/v2.36', quotaRows()],
  ['2.57', 'os-quota-sets/v2.57', quotaRows()],
  ['2.1', 'os-quota-class-sets', classRows()],
  ['2.50', 'os-quota-class-sets/v2.50', classRows()],
  ['2.1', 'os-services', [listServices, ...['disable', 'disable-log', 'enable'].map(verbRow)]],
  ['2.11', 'os-services/v2.11', [listServices, ...['disable', 'disable-log', 'enable', 'force-down'].map(verbRow)]],
  [
    '2.53',
    'os-services/v2.53',
    [
      listServices,
      ...['disable', 'disable-log', 'enable', 'force-down'].map(
        (what): Row => ['PUT /os-services/{service}', { request: `service-${what}-put-req`, answer: `service-${what}-put-resp` }],
      ),
      ['PUT /os-services/{service}', { request: { forced_down: false } }],
    ],
  ],
  [
    '2.53',
    'os-hypervisors/v2.53',
    [
      ...hypervisorRows(),
      ['GET /os-hypervisors/statistics', { answer: 'hypervisors-statistics-resp' }],
      ['GET /os-hypervisors/{hypervisor}/uptime', { answer: 'hypervisors-uptime-resp' }],
    ],
  ],
  ['2.88', 'os-hypervisors/v2.88', hypervisorRows()],
  [
    '2.1',
    'os-availability-zone',
    [
      ['GET /os-availability-zone', { answer: 'availability-zone-list-resp' }],
      ['GET /os-availability-zone/detail', { answer: 'availability-zone-detail-resp' }],
    ],
  ],
  [
    '2.1',
    'extension-info',
    [
      ['GET /extensions', { answer: 'extensions-list-resp' }],
      ['GET /extensions/os-keypairs', { answer: 'extensions-get-resp' }],
    ],
  ],
];

function flavorRows(): Row[] {
  return [
    ['GET /flavors', { answer: 'flavors-list-resp' }],
    ['GET /flavors/detail', { answer: 'flavors-detail-resp' }],
    ['GET /flavors/1', { answer: 'flavor-get-resp' }],
  ];
}

function keypairRows(): Row[] {
  return [
    ['POST /os-keypairs', { request: 'keypairs-import-post-req', answer: 'keypairs-import-post-resp' }, 201],
    ['POST /os-keypairs', { request: 'keypairs-post-req', answer: 'keypairs-post-resp' }, 201],
    ['GET /os-keypairs?user_id=fake', { answer: 'keypairs-list-resp' }],
    ['GET /os-keypairs/{keypair}?user_id=fake', { answer: 'keypairs-get-resp' }],
    ['DELETE /os-keypairs/{keypair}?user_id=fake', {}, 204],
  ];
}

function quotaRows(): Row[] {
  const path = `/os-quota-sets/${PROJECT}`;
  return [
    [`GET ${path}`, { answer: 'quotas-show-get-resp' }],
    [`GET ${path}/detail`, { answer: 'quotas-show-detail-get-resp' }],
    [`GET ${path}/defaults`, { answer: 'quotas-show-defaults-get-resp' }],
    [`PUT ${path}`, { request: 'quotas-update-post-req', answer: 'quotas-update-post-resp' }],
    [`PUT ${path}`, { request: 'quotas-update-force-post-req', answer: 'quotas-update-force-post-resp' }],
    [`PUT ${path}?user_id=fake`, { request: 'user-quotas-update-post-req', answer: 'user-quotas-update-post-resp' }],
    [`GET ${path}?user_id=fake`, { answer: 'user-quotas-show-get-resp' }],
    [`DELETE ${path}`, {}, 202],
  ];
}

function classRows(): Row[] {
  return [
    ['GET /os-quota-class-sets/default', { answer: 'quota-classes-show-get-resp' }],
    ['PUT /os-quota-class-sets/default', { request: 'quota-classes-update-post-req', answer: 'quota-classes-update-post-resp' }],
  ];
}

function verbRow(what: string): Row {
  const verb = what === 'disable-log' ? 'disable-log-reason' : what;
  return [`PUT /os-services/${verb}`, { request: `service-${what}-put-req`, answer: `service-${what}-put-resp` }];
}

function hypervisorRows(): Row[] {
  return [
    ['GET /os-hypervisors?limit=1', { answer: 'hypervisors-list-resp' }],
    ['GET /os-hypervisors/detail?limit=1', { answer: 'hypervisors-detail-resp' }],
    ['GET /os-hypervisors?with_servers=true&hypervisor_hostname_pattern=host1', { answer: 'hypervisors-with-servers-resp' }],
    ['GET /os-hypervisors?hypervisor_hostname_pattern=host1', { answer: 'hypervisors-search-resp' }],
    ['GET /os-hypervisors/detail?with_servers=true&hypervisor_hostname_pattern=host1', { answer: 'hypervisors-detail-with-servers-resp' }],
    ['GET /os-hypervisors/{hypervisor}', { answer: 'hypervisors-show-resp' }],
    ['GET /os-hypervisors/{hypervisor}?with_servers=true', { answer: 'hypervisors-show-with-servers-resp' }],
  ];
}

async function fill({ db }: TestDatabase): Promise<void> {
  await createProject(db, { id: PROJECT, domainId: 'default', name: PROJECT });
  await beat(db, { id: ids.uuid(), binary: 'nova-scheduler', host: 'host1', zone: 'nova' });
  for (const host of ['host1', 'host2']) {
    await beat(db, { id: ids.uuid(), binary: 'nova-compute', host, zone: 'nova' });
    const report = {
      host: asId<HostName>(host),
      node: host,
      hostIp: '10.0.0.1',
      vcpus: 8,
      memoryMb: 16_384,
      localGb: 100,
      hypervisorType: 'fake',
      hypervisorVersion: 1_000,
      cpuInfo: { arch: '', model: '', vendor: '', features: [''], topology: { cores: 1, threads: 1, sockets: 1 } },
      supportedInstances: [],
      uptime: ' 08:32:11 up 1 day, 0:00,  0 users,  load average: 0.20, 0.12, 0.14',
    };
    const rules = { cpuAllocationRatio: 4, ramAllocationRatio: 1, diskAllocationRatio: 1, reservedMemoryMb: 512 };
    await saveHostReport(db, report, rules, ids.uuid());
  }
  const server = await db.transaction().execute((trx) => insertServer(trx, sampleServer(), 'w-1'));
  await db.updateTable('servers').set({ host: 'host1' }).where('id', '=', server.id).execute();
}

const read = async (folder: string, name: string): Promise<unknown> =>
  JSON.parse(await readFile(join(directory, folder, `${name}.json`), 'utf8'));

describe.skipIf(missing !== '')(`published samples${missing}`, () => {
  let database: TestDatabase;
  let face: OperatorFace;
  beforeAll(async () => {
    database = await createTestDatabase();
    face = await openOperatorFace(database);
    await fill(database);
    for (const id of ['1', '2'])
      await face.ask('POST', '/flavors', { body: { flavor: { id, name: `m1.${id}`, ram: 512, vcpus: 1, disk: 1 } } });
  });
  afterAll(async () => {
    await face?.close();
    await database?.drop();
  });

  /** The ids of things that the samples call by theirs. */
  async function filledIn(path: string): Promise<string> {
    if (path.includes('{service}')) {
      const { body } = await face.ask('GET', '/os-services?host=host1&binary=nova-compute', { at: '2.53' });
      return path.replace('{service}', body.services[0].id);
    }
    if (path.includes('{keypair}')) {
      const { body } = await face.ask('GET', '/os-keypairs?user_id=fake', { at: '2.10' });
      return path.replace('{keypair}', body.keypairs[0].keypair.name);
    }
    if (!path.includes('{hypervisor}')) return path;
    const { body } = await face.ask('GET', '/os-hypervisors', { at: '2.53' });
    return path.replace('{hypervisor}', body.hypervisors[0].id);
  }

  const rows = tables.flatMap(([at, folder, all]) => all.map((row) => [at, row[0], folder, row] as const));

  test.each(rows)('at %s %s is as %s shows it', async (at, _ask, folder, [ask, { request, answer }, status = 200]) => {
    const [method = '', path = ''] = ask.split(' ');
    const body = typeof request === 'string' ? await read(folder, request) : request;
    const given = await face.ask(method, await filledIn(path), { at, body });
    expect(given).toMatchObject({ status });
    if (answer !== undefined) expect(shapeFaults(await read(folder, answer), given.body)).toEqual([]);
  });
});
