// The requests and versions of the samples of flavors, keypairs, quotas, services, hypervisors, zones, extensions and versions.
import type { SampleRow, SampleTable } from '../../support/published-samples.ts';

/** The project in the samples of quotas. */
export const SAMPLE_PROJECT = 'fake_tenant';

/** A time in which the server of the samples ran. */
const USED = 'start=2020-01-01T00:00:00&end=2040-01-01T00:00:00';
const usageRows: readonly SampleRow[] = [
  [`GET /os-simple-tenant-usage?${USED}`, { answer: 'simple-tenant-usage-get' }],
  [`GET /os-simple-tenant-usage?${USED}&detailed=1`, { answer: 'simple-tenant-usage-get-detail' }],
  [`GET /os-simple-tenant-usage/project-1?${USED}`, { answer: 'simple-tenant-usage-get-specific' }],
];

const listServices: SampleRow = ['GET /os-services', { answer: 'services-list-get-resp' }];

/** Everything except servers and their subresources. */
export const operatorSamples: readonly SampleTable[] = [
  ['2.1', 'os-migrations', [['GET /os-migrations', { answer: 'migrations-get' }]]],
  ['2.23', 'os-migrations/v2.23', [['GET /os-migrations', { answer: 'migrations-get' }]]],
  ['2.59', 'os-migrations/v2.59', migrationPages()],
  [
    '2.80',
    'os-migrations/v2.80',
    [
      ...migrationPages(),
      ['GET /os-migrations?changes-before=2126-01-01T00:00:00Z&status=running', { answer: 'migrations-get-with-changes-before' }],
      ['GET /os-migrations?user_id=78348f0e-97ee-4d70-ad34-189692673ea2', { answer: 'migrations-get-with-user-or-project-id' }],
    ],
  ],
  [
    '2.1',
    'os-instance-usage-audit-log',
    [
      ['GET /os-instance_usage_audit_log', { answer: 'inst-usage-audit-log-index-get-resp' }],
      ['GET /os-instance_usage_audit_log/2012-07-05%2010:00:00', { answer: 'inst-usage-audit-log-show-get-resp' }],
    ],
  ],
  [
    '2.1',
    'os-hosts',
    [
      ['GET /os-hosts', { answer: 'hosts-list-resp' }],
      ['GET /os-hosts/host1', { answer: 'host-get-resp' }],
      ['PUT /os-hosts/host1', { request: 'host-put-maintenance-req', answer: 'host-put-maintenance-resp' }],
      ['GET /os-hosts/host1/reboot', {}, 501],
    ],
  ],
  ['2.1', 'os-baremetal-nodes', [['GET /os-baremetal-nodes', { answer: 'baremetal-node-list-resp' }]]],
  ['2.1', 'os-simple-tenant-usage', usageRows],
  ['2.40', 'os-simple-tenant-usage/v2.40', usageRows.map(([ask, samples]) => [ask.replace('?', '?limit=1&'), samples])],
  ['2.40', 'os-simple-tenant-usage/v2.40', [[`GET /os-simple-tenant-usage?${USED}&detailed=1`, { answer: 'simple-tenant-usage-get-all' }]]],
  [
    '2.1',
    'os-security-groups',
    [
      ['POST /os-security-groups', { request: 'security-group-post-req', answer: 'security-groups-create-resp' }],
      ['GET /os-security-groups', { answer: 'security-groups-list-get-resp' }],
      ['GET /os-security-groups/{securityGroup}', { answer: 'security-groups-get-resp' }],
      ['POST /os-security-group-rules', { request: 'security-group-rules-post-req', answer: 'security-group-rules-post-resp' }],
    ],
  ],
  [
    '2.1',
    'os-volumes',
    [
      ['GET /os-volumes', { answer: 'os-volumes-index-resp' }],
      ['GET /os-volumes/detail', { answer: 'os-volumes-detail-resp' }],
      ['GET /os-volumes/{volume}', { answer: 'os-volumes-get-resp' }],
      ['POST /os-volumes', { request: 'os-volumes-post-req' }],
    ],
  ],
  [
    '2.1',
    'os-snapshots',
    [
      ['GET /os-snapshots', { answer: 'snapshots-list-resp' }],
      ['GET /os-snapshots/detail', { answer: 'snapshots-detail-resp' }],
      ['GET /os-snapshots/{snapshot}', { answer: 'snapshots-show-resp' }],
      // Of the volume that it names.
      ['POST /os-snapshots', { request: 'snapshot-create-req', answer: 'snapshot-create-resp' }],
    ],
  ],
  [
    '2.1',
    'os-networks',
    [
      ['GET /os-networks', { answer: 'networks-list-resp' }],
      ['GET /os-networks/{network}', { answer: 'network-show-resp' }],
      ['POST /os-networks', { request: 'network-create-req', answer: 'network-create-resp' }],
      // It names a network by number; ours have uuids.
      ['POST /os-networks/add', { request: 'network-add-req' }, 400],
    ],
  ],
  [
    '2.1',
    'os-networks-associate',
    [
      ['POST /os-networks/{network}/action', { request: 'network-disassociate-req' }, 202],
      ['POST /os-networks/{network}/action', { request: 'network-disassociate-project-req' }, 202],
      ['POST /os-networks/{network}/action', { request: 'network-disassociate-host-req' }, 501],
      ['POST /os-networks/{network}/action', { request: 'network-associate-host-req' }, 501],
    ],
  ],
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
      ['GET /os-keypairs?user_id=fake&limit=1', { answer: 'keypairs-list-resp' }],
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
  ['2.1', 'os-aggregates', aggregateRows()],
  ['2.81', 'os-aggregates/v2.81', [...aggregateRows(), ['POST /os-aggregates/1/images', { request: 'aggregate-images-post-req' }, 404]]],
  ['2.1', 'os-server-groups', groupRows()],
  ['2.13', 'os-server-groups/v2.13', groupRows()],
  ['2.64', 'os-server-groups/v2.64', groupRows()],
  ['2.71', 'servers/v2.71', [['POST /os-server-groups', { request: 'server-groups-post-req', answer: 'server-groups-post-resp' }]]],
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
        (what): SampleRow => ['PUT /os-services/{service}', { request: `service-${what}-put-req`, answer: `service-${what}-put-resp` }],
      ),
      ['PUT /os-services/{service}', { request: { forced_down: false } }],
    ],
  ],
  [
    '2.53',
    'os-hypervisors/v2.53',
    [
      ...hypervisorRows(),
      ['GET /os-hypervisors?with_servers=true&hypervisor_hostname_pattern=host2', { answer: 'hypervisors-without-servers-resp' }],
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
      ['GET /v2/extensions', { answer: 'extensions-list-resp-v21-compatible' }],
      ['GET /extensions/os-keypairs', { answer: 'extensions-get-resp' }],
    ],
  ],
  [
    '2.1',
    'versions',
    [
      ['GET /', { answer: 'versions-get-resp' }],
      ['GET /v2.1/', { answer: 'v21-version-get-resp' }],
      ['GET /v2/', { answer: 'v2-version-get-resp' }],
    ],
  ],
];

function flavorRows(): SampleRow[] {
  return [
    ['GET /flavors', { answer: 'flavors-list-resp' }],
    ['GET /flavors/detail', { answer: 'flavors-detail-resp' }],
    ['GET /flavors/1', { answer: 'flavor-get-resp' }],
  ];
}

function keypairRows(): SampleRow[] {
  return [
    ['POST /os-keypairs', { request: 'keypairs-import-post-req', answer: 'keypairs-import-post-resp' }, 201],
    ['POST /os-keypairs', { request: 'keypairs-post-req', answer: 'keypairs-post-resp' }, 201],
    ['GET /os-keypairs?user_id=fake', { answer: 'keypairs-list-resp' }],
    ['GET /os-keypairs/{keypair}?user_id=fake', { answer: 'keypairs-get-resp' }],
    ['DELETE /os-keypairs/{keypair}?user_id=fake', {}, 204],
  ];
}

function groupRows(): SampleRow[] {
  return [
    ['POST /os-server-groups', { request: 'server-groups-post-req', answer: 'server-groups-post-resp' }],
    ['GET /os-server-groups', { answer: 'server-groups-list-resp' }],
    ['GET /os-server-groups/{group}', { answer: 'server-groups-get-resp' }],
    ['DELETE /os-server-groups/{group}', {}, 204],
  ];
}

function aggregateRows(): SampleRow[] {
  const action = 'POST /os-aggregates/{aggregate}/action';
  return [
    ['POST /os-aggregates', { request: 'aggregate-post-req', answer: 'aggregate-post-resp' }],
    ['PUT /os-aggregates/{aggregate}', { request: 'aggregate-update-post-req', answer: 'aggregate-update-post-resp' }],
    [action, { request: { add_host: { host: 'host2' } }, answer: 'aggregates-add-host-post-resp' }],
    [action, { request: 'aggregate-add-host-post-req' }, 404],
    [action, { request: 'aggregate-metadata-post-req', answer: 'aggregates-metadata-post-resp' }],
    ['GET /os-aggregates', { answer: 'aggregates-list-get-resp' }],
    ['GET /os-aggregates/{aggregate}', { answer: 'aggregates-get-resp' }],
    [action, { request: { remove_host: { host: 'host2' } }, answer: 'aggregates-remove-host-post-resp' }],
    [action, { request: 'aggregate-remove-host-post-req' }, 404],
    ['DELETE /os-aggregates/{aggregate}', {}],
  ];
}

function quotaRows(): SampleRow[] {
  const path = `/os-quota-sets/${SAMPLE_PROJECT}`;
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

function migrationPages(): SampleRow[] {
  return [
    ['GET /os-migrations', { answer: 'migrations-get' }],
    ['GET /os-migrations?limit=1', { answer: 'migrations-get-with-limit' }],
    ['GET /os-migrations?marker={migration}', { answer: 'migrations-get-with-marker' }],
    ['GET /os-migrations?changes-since=2016-01-01T00:00:00Z&migration_type=resize', { answer: 'migrations-get-with-changes-since' }],
  ];
}

function classRows(): SampleRow[] {
  return [
    ['GET /os-quota-class-sets/default', { answer: 'quota-classes-show-get-resp' }],
    ['PUT /os-quota-class-sets/default', { request: 'quota-classes-update-post-req', answer: 'quota-classes-update-post-resp' }],
  ];
}

function verbRow(what: string): SampleRow {
  const verb = what === 'disable-log' ? 'disable-log-reason' : what;
  return [`PUT /os-services/${verb}`, { request: `service-${what}-put-req`, answer: `service-${what}-put-resp` }];
}

function hypervisorRows(): SampleRow[] {
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
