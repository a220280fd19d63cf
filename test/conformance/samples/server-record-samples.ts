// The requests of the samples of a server's metadata, addresses, ports, security groups and tags.
import type { SampleTable } from '../../support/published-samples.ts';

/** Metadata, addresses, ports, security groups and tags. */
export const serverRecordSamples: readonly SampleTable[] = [
  [
    '2.1',
    'server-metadata',
    [
      ['PUT /servers/{server}/metadata', { request: 'server-metadata-all-req', answer: 'server-metadata-all-resp' }],
      ['POST /servers/{server}/metadata', { request: 'server-metadata-all-req', answer: 'server-metadata-all-resp' }],
      ['GET /servers/{server}/metadata', { answer: 'server-metadata-all-resp' }],
      ['PUT /servers/{server}/metadata/foo', { request: 'server-metadata-req', answer: 'server-metadata-resp' }],
      ['GET /servers/{server}/metadata/foo', { answer: 'server-metadata-resp' }],
      ['DELETE /servers/{server}/metadata/foo', {}, 204],
    ],
  ],
  [
    '2.1',
    'server-ips',
    [
      ['GET /servers/{server}/ips', { answer: 'server-ips-resp' }],
      ['GET /servers/{server}/ips/private', { answer: 'server-ips-network-resp' }],
    ],
  ],
  ...[
    ['2.1', 'os-attach-interfaces'],
    ['2.70', 'os-attach-interfaces/v2.70'],
  ].map(
    ([at = '', folder = '']): SampleTable => [
      at,
      folder,
      [
        ['GET /servers/{server}/os-interface', { answer: 'attach-interfaces-list-resp' }],
        ['GET /servers/{server}/os-interface/{port}', { answer: 'attach-interfaces-show-resp' }],
        ['POST /servers/{server}/os-interface', { request: 'attach-interfaces-create-req', answer: 'attach-interfaces-create-resp' }],
        ['DELETE /servers/{server}/os-interface/{newest}', {}, 202],
        [
          'POST /servers/{server}/os-interface',
          { request: 'attach-interfaces-create-net_id-req', answer: 'attach-interfaces-create-resp' },
        ],
        ['DELETE /servers/{server}/os-interface/{newest}', {}, 202],
      ],
    ],
  ),
  [
    '2.1',
    'os-virtual-interfaces',
    [
      ['GET /servers/{server}/os-virtual-interfaces', { answer: 'vifs-list-resp' }],
      ['GET /v2/servers/{server}/os-virtual-interfaces', { answer: 'vifs-list-resp-v2' }],
    ],
  ],
  ['2.12', 'os-virtual-interfaces/v2.12', [['GET /servers/{server}/os-virtual-interfaces', { answer: 'vifs-list-resp' }]]],
  [
    '2.1',
    'os-server-external-events',
    [
      ['POST /os-server-external-events', { request: 'event-create-req', refusal: 'test-event' }, 400],
      [
        'POST /os-server-external-events',
        {
          request: { events: [{ name: 'network-changed', server_uuid: '48e6a9f6-30af-47e0-bc04-acaed113bb4e', tag: 'foo' }] },
          answer: 'event-create-resp',
        },
      ],
    ],
  ],
  [
    '2.1',
    'os-multinic',
    [
      // The network of the sample, on which the server needs a port.
      [
        'POST /servers/{server}/os-interface',
        { request: { interfaceAttachment: { net_id: 'e1882e38-38c2-4239-ade7-35d644cb963a', fixed_ips: [{ ip_address: '10.0.0.3' }] } } },
      ],
      ['POST /servers/{server}/action', { request: 'multinic-add-fixed-ip-req' }, 202],
      ['POST /servers/{server}/action', { request: 'multinic-remove-fixed-ip-req' }, 202],
      ['DELETE /servers/{server}/os-interface/{newest}', {}, 202],
    ],
  ],
  [
    '2.1',
    'os-security-groups',
    [
      ['GET /servers/{server}/os-security-groups', { answer: 'server-security-groups-list-resp' }],
      ['POST /servers/{server}/action', { request: 'security-group-add-post-req' }, 202],
      ['POST /servers/{server}/action', { request: 'security-group-remove-post-req' }, 202],
    ],
  ],
  [
    '2.26',
    'os-server-tags/v2.26',
    [
      ['PUT /servers/{server}/tags', { request: 'server-tags-put-all-req', answer: 'server-tags-put-all-resp' }],
      ['GET /servers/{server}/tags', { answer: 'server-tags-index-resp' }],
      ['PUT /servers/{server}/tags/tag3', {}, 201],
      ['GET /servers/{server}/tags/tag1', {}, 204],
      ['GET /servers/{server}', { answer: 'server-tags-show-details-resp', as: 'owner' }],
      ['GET /servers/detail?tags=tag1', { answer: 'servers-tags-details-resp', as: 'owner' }],
      ['DELETE /servers/{server}/tags/tag1', {}, 204],
      ['DELETE /servers/{server}/tags', {}, 204],
    ],
  ],
];
