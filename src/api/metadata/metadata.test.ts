import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { sampleFlavor, sampleImage, sampleServer, sampleServerId } from '../../../test/support/sample-server.ts';
import { insertServer } from '../../../test/support/insert-server.ts';
import { MetadataApi } from '../../compute/servers/guest-metadata-api.ts';
import { advanceServer, type NewServer } from '../../db/stores/servers/servers.ts';
import { systemClock } from '../../lib/clock/clock.ts';
import { seededIds } from '../../lib/clock/ids.ts';
import { createHttpServer, type HttpServer } from '../../lib/http/http-server.ts';
import { silentLog } from '../../lib/log/log.ts';
import type { NetworkInfo } from '../../objects/network-info.ts';
import type { Server } from '../../objects/server.ts';
import { asId, type NetworkId, type PortId } from '../../objects/ids.ts';
import { networkData } from '../../objects/guest-metadata/network-data.ts';
import { mountMetadata } from './mount-metadata.ts';

const SECRET = 'known to proxies';
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDg mine';
const networkInfo: NetworkInfo = [
  {
    portId: asId<PortId>('0a1b2c3d-4e5f-4000-8000-000000000001'),
    networkId: asId<NetworkId>('n-1'),
    networkName: 'private',
    macAddress: 'fa:16:3e:00:00:01',
    mtu: 1450,
    fixedIps: [
      { subnetId: 's-6', ipAddress: 'fd00::5', version: 6 },
      { subnetId: 's-4', ipAddress: '10.20.0.5', version: 4 },
    ],
  },
];

let database: TestDatabase;
let http: HttpServer;
let port: number;
/** One server with every kind of metadata, and one with none. */
let rich: Server;
let bare: Server;

beforeAll(async () => {
  database = await createTestDatabase();
  const metadata = new MetadataApi({ db: database.db, ids: seededIds(), dhcpDomain: 'novalocal' });
  http = createHttpServer({ log: silentLog, clock: systemClock, ids: seededIds() });
  mountMetadata(http, { metadata, secret: SECRET, log: silentLog });
  ({ port } = await http.listen({ host: '127.0.0.1', port: 0 }));
  const image = { ...sampleImage, properties: { kernel_id: '11111111-0000-4000-8000-000000000000' } };
  rich = await insert({
    name: 'Web One',
    hostname: 'web-one',
    image,
    keyName: 'my key',
    publicKey: KEY,
    userData: Buffer.from([0x23, 0x21, 0, 0xff]).toString('base64'),
    metadata: { role: 'front' },
    securityGroups: ['default', 'web'],
    launchIndex: 2,
  });
  bare = await insert({ securityGroups: [] });
});
afterAll(async () => {
  await http?.close();
  await database?.drop();
});

async function insert(more: Partial<NewServer>): Promise<Server> {
  const { id } = await database.db.transaction().execute((trx) => insertServer(trx, sampleServer(more), 'w-1'));
  const known = { zone: 'nova', network_info: JSON.stringify(networkInfo), vm_state: 'active' } as const;
  const server = await advanceServer(database.db, id, 'w-1', more.securityGroups?.length === 0 ? {} : known);
  if (!server) throw new Error('the server was not inserted');
  return server;
}

const sign = (id: string, secret = SECRET) => createHmac('sha256', secret).update(id).digest('hex');

const proof = ({ id, projectId }: Pick<Server, 'id' | 'projectId'>) => ({
  'X-Instance-ID': id,
  'X-Tenant-ID': projectId,
  'X-Instance-ID-Signature': sign(id),
});

/** Sends the path as it is; fetch would normalise it. */
async function ask(path: string, headers: Record<string, string | string[]>, method = 'GET', body: string | Buffer = '') {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number | undefined; headers: object; body: string }>();
  request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
    textOf(response).then((body) => resolve({ status: response.statusCode, headers: response.headers, body }), reject);
  })
    .on('error', reject)
    .end(body);
  return await promise;
}

const read = async (path: string, server = rich) => {
  const { status, body } = await ask(path, proof(server));
  return status === 200 ? body : status;
};

const ec2 = (path: string) => `/latest/meta-data/${path}`;

test('files that were given at boot are listed with their paths, and read under their numbers', async () => {
  const server = await insert({ files: [{ path: '/etc/motd', contents: 'aGk=' }] });
  const { files } = JSON.parse(String(await read('/openstack/latest/meta_data.json', server)));
  expect(files).toEqual([{ path: '/etc/motd', content_path: '/content/0000' }]);
  expect([await read('/openstack/content/0000', server), await read('/openstack/content/0001', server)]).toEqual(['hi', 404]);
});

test('the root lists versions, each version its parts, and a tree is listed with slashes behind directories and no newline at the end', async () => {
  const versions = '1.0\n2007-01-19\n2007-03-01\n2007-08-29\n2007-10-10\n2007-12-15\n2008-02-01\n2008-09-01\n2009-04-04\nlatest';
  expect([await read('/'), await read('/ec2'), await read('/ec2/')]).toEqual([versions, versions, versions]);
  expect([await read('/latest/'), await read('/latest', bare)]).toEqual(['meta-data/\nuser-data', 'meta-data/']);
  expect(await read('/2009-04-04/meta-data/')).toBe(
    [
      'ami-id',
      'ami-launch-index',
      'ami-manifest-path',
      'block-device-mapping/',
      'hostname',
      'instance-action',
      'instance-id',
      'instance-type',
      'kernel-id',
      'local-hostname',
      'local-ipv4',
      'placement/',
      'public-hostname',
      'public-ipv4',
      'public-keys/',
      'reservation-id',
      'security-groups',
    ].join('\n'),
  );
});

test('a version has what its time had', async () => {
  expect(await read('/1.0/meta-data/')).toBe(
    'ami-id\nami-launch-index\nami-manifest-path\nhostname\ninstance-id\nlocal-ipv4\npublic-keys/\nreservation-id\nsecurity-groups',
  );
  expect([await read('/2008-02-01/meta-data/placement/'), await read('/2007-12-15/meta-data/placement/')]).toEqual([
    'availability-zone',
    404,
  ]);
});

test('a guest reads who it is', async () => {
  const values = {
    'instance-id': `i-${rich.number.toString(16).padStart(8, '0')}`,
    'ami-id': 'ami-7f1c1f2e',
    'kernel-id': 'aki-11111111',
    'ami-launch-index': '2',
    hostname: 'web-one.novalocal',
    'local-hostname': 'web-one.novalocal',
    'local-ipv4': '10.20.0.5',
    mac: 'fa:16:3e:00:00:01',
    'reservation-id': 'r-00000001',
    'instance-type': 'm1.tiny',
    'security-groups': 'default\nweb',
    'placement/availability-zone': 'nova',
    'block-device-mapping/': 'ami\nroot',
    'block-device-mapping/root': '/dev/vda',
    'block-device-mapping/ami': 'vda',
    'public-keys/': '0=my key',
    'public-keys/0/': 'openssh-key',
    'public-keys/0/openssh-key': KEY,
    'public-ipv4': '',
    'ramdisk-id': 404,
  };
  for (const [path, value] of Object.entries(values)) expect([path, await read(ec2(path))]).toEqual([path, value]);
});

test('a guest is told of its disks by EC2 names, and finds its volumes by their tags', async () => {
  const attached = { attachmentId: 'a', isDeletedWithServer: false };
  const server = await insert({
    flavor: { ...sampleFlavor, ephemeralGb: 1, swapMb: 64 },
    volumes: [
      { ...attached, id: '1', volumeId: 'second', device: '/dev/vdd', tag: 'data' },
      { ...attached, id: '2', volumeId: 'first', device: '/dev/vda', tag: null, bootIndex: 0 },
    ],
  });
  const names = { ami: 'vda', root: '/dev/vda', ephemeral0: '/dev/vdb', swap: '/dev/vdc', ebs0: '/dev/vda', ebs1: '/dev/vdd' };
  for (const [name, device] of Object.entries(names))
    expect([name, await read(ec2(`block-device-mapping/${name}`), server)]).toEqual([name, device]);
  const { devices } = JSON.parse(String(await read('/openstack/latest/meta_data.json', server)));
  expect(devices).toEqual([{ type: 'disk', bus: 'none', address: 'none', serial: 'second', path: '/dev/vdd', tags: ['data'] }]);
});

test('a guest without key, addresses and user data is told so', async () => {
  expect(await read(ec2('local-ipv4'), bare)).toBe('');
  expect([await read(ec2('public-keys/'), bare), await read('/latest/user-data', bare)]).toEqual([404, 404]);
  expect(await read('/openstack/latest/user_data', bare)).toBe(404);
  expect(await read('/openstack/latest/', bare)).toBe('meta_data.json\nnetwork_data.json\npassword\nvendor_data.json\nvendor_data2.json');
});

test('user data comes back as the bytes that were given', async () => {
  for (const path of ['/latest/user-data', '/openstack/2012-08-10/user_data']) {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: proof(rich) });
    expect([...new Uint8Array(await answer.arrayBuffer())]).toEqual([0x23, 0x21, 0, 0xff]);
  }
});

test('the OpenStack tree tells the same in JSON, and more with each version', async () => {
  expect(await read('/openstack')).toMatch(/^2012-08-10\n[\d\n-]+\n2025-04-04\nlatest$/);
  expect(await read('/openstack/2012-08-10')).toBe('meta_data.json\nuser_data');
  const oldest = JSON.parse(String(await read('/openstack/2012-08-10/meta_data.json')));
  expect(oldest).toEqual({
    uuid: rich.id,
    meta: { role: 'front' },
    public_keys: { 'my key': KEY },
    keys: [{ name: 'my key', type: 'ssh', data: KEY }],
    hostname: 'web-one.novalocal',
    name: 'Web One',
    launch_index: 2,
    availability_zone: 'nova',
  });
  const { random_seed: seed, ...newest } = JSON.parse(String(await read('/openstack/latest/meta_data.json')));
  expect(newest).toEqual({ ...oldest, project_id: 'project-1', devices: [], dedicated_cpus: [] });
  expect(Buffer.from(seed, 'base64')).toHaveLength(512);
  expect([await read('/openstack/latest/vendor_data.json'), await read('/openstack/latest/vendor_data2.json')]).toEqual([
    '{}',
    '{"static":{}}',
  ]);
});

test('the guest is told its links, and to ask DHCP for the addresses', async () => {
  expect(JSON.parse(String(await read('/openstack/latest/network_data.json')))).toEqual({
    links: [
      {
        id: 'tap0a1b2c3d-4e',
        vif_id: networkInfo[0]?.portId,
        type: 'bridge',
        mtu: 1450,
        ethernet_mac_address: 'fa:16:3e:00:00:01',
      },
    ],
    networks: [
      { id: 'network0', type: 'ipv6_dhcp', services: [], link: 'tap0a1b2c3d-4e', network_id: 'n-1' },
      { id: 'network1', type: 'ipv4_dhcp', services: [], link: 'tap0a1b2c3d-4e', network_id: 'n-1' },
    ],
    services: [],
  });
});

const subnet = (id: string, hasDhcp: boolean, dnsServers: string[]) => ({
  id,
  netmask: '255.255.255.0',
  hasDhcp,
  dnsServers,
  routes: [
    { network: '0.0.0.0', netmask: '0.0.0.0', gateway: '10.30.0.1' },
    { network: '10.99.0.0', netmask: '255.255.0.0', gateway: '10.30.0.9' },
  ],
});
const dns = (address: string) => ({ type: 'dns', address });

// Fault 2026-11 A1.
test('a guest without DHCP is told its addresses, routes and DNS servers, and one with DHCP its DNS servers', () => {
  const [port] = networkInfo;
  const fixedIps = ['a', 'b', 'c', 'd'].map((subnetId, index) => ({ subnetId, ipAddress: `10.30.${index}.5`, version: 4 as const }));
  const subnets = [
    subnet('a', false, ['9.9.9.9', '1.1.1.1']),
    subnet('b', true, ['9.9.9.9']),
    subnet('c', true, ['8.8.8.8']),
    subnet('d', false, []),
  ];
  const link = { link: 'tap0a1b2c3d-4e', network_id: 'n-1' };
  const { routes } = subnet('', false, []);
  expect(networkData(networkInfo.flatMap(() => (port ? [{ ...port, fixedIps, subnets }] : [])))).toMatchObject({
    networks: [
      { id: 'network0', type: 'ipv4_dhcp', services: [dns('9.9.9.9'), dns('8.8.8.8')], ...link },
      {
        id: 'network1',
        type: 'ipv4',
        ip_address: '10.30.0.5',
        netmask: '255.255.255.0',
        routes,
        services: [dns('9.9.9.9'), dns('1.1.1.1')],
        ...link,
      },
      { id: 'network2', type: 'ipv4', ip_address: '10.30.3.5', netmask: '255.255.255.0', routes, services: [], ...link },
    ],
    services: [dns('9.9.9.9'), dns('1.1.1.1'), dns('8.8.8.8')],
  });
});

// Fault 2026-11 A20.
test('the key of a Windows guest is told as a certificate', async () => {
  const publicKey = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
  const windows = await insert({ keyName: 'kx', publicKey });
  const { keys } = JSON.parse(String(await read('/openstack/latest/meta_data.json', windows)));
  expect(keys).toEqual([{ name: 'kx', type: 'x509', data: publicKey }]);
});

test('nobody is answered whom no proxy vouches for', async () => {
  const whole = proof(rich);
  const cases: [object, number][] = [
    [{}, 400],
    [{ ...whole, 'X-Instance-ID': undefined }, 400],
    [{ ...whole, 'X-Tenant-ID': undefined }, 400],
    [{ ...whole, 'X-Instance-ID-Signature': undefined }, 400],
    [{ ...whole, 'X-Instance-ID': [rich.id, rich.id] }, 400],
    [{ ...whole, 'X-Tenant-ID': ['project-1', 'project-2'] }, 400],
    [{ ...whole, 'X-Instance-ID-Signature': 'short' }, 403],
    [{ ...whole, 'X-Instance-ID-Signature': sign(rich.id, 'another secret') }, 403],
    [{ ...whole, 'X-Instance-ID': bare.id }, 403],
    [{ ...whole, 'X-Tenant-ID': 'project-2' }, 404],
    [proof({ ...rich, id: sampleServerId() }), 404],
    [{ ...whole, 'X-Instance-ID': 'none', 'X-Instance-ID-Signature': sign('none') }, 404],
  ];
  for (const [headers, status] of cases) {
    const sent = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
    expect([headers, (await ask('/latest/meta-data/', sent)).status]).toEqual([headers, status]);
  }
});

const asked = () => Promise.reject(new Error('asked'));

test('without a secret of its own the service believes nobody', async () => {
  const open = createHttpServer({ log: silentLog, clock: systemClock, ids: seededIds() });
  mountMetadata(open, { metadata: { find: asked, password: asked, postPassword: asked }, secret: '', log: silentLog });
  const { url } = await open.listen({ host: '127.0.0.1', port: 0 });
  const headers = { ...proof(rich), 'X-Instance-ID-Signature': sign(rich.id, '') };
  expect((await fetch(url, { headers })).status).toBe(403);
  await open.close();
});

test('a deleted server has no metadata', async () => {
  const server = await insert({});
  expect(await read(ec2('instance-id'), server)).toMatch(/^i-/);
  await advanceServer(database.db, server.id, 'w-1', { vm_state: 'deleted', task_state: null, workflow_id: null });
  expect(await read(ec2('instance-id'), server)).toBe(404);
});

test.each([
  '/latest/meta-data/../user-data',
  '/latest/meta-data/%2e%2e/user-data',
  '/latest/../../../etc/passwd',
  '/..%2f..%2fetc%2fpasswd',
  '/latest/meta-data/__proto__',
  '/latest/meta-data/constructor/name',
  '/latest/meta-data/instance-id/deeper',
  '/latest/meta-data/public-keys/1',
  '/2999-01-01/meta-data',
  '/openstack/2012-08-10/password',
  '/openstack/content/0000',
  '/latest/meta-data/instance-id%00',
  `/${'a/'.repeat(5_000)}`,
  `/latest/${'x'.repeat(20_000)}`,
])('what is not in the tree is 404: %#', async (path) => {
  expect((await ask(path, proof(rich))).status).toBe(404);
});

test('a path that is no text names nothing, one longer than any header may be as well', async () => {
  expect((await ask('/latest/%zz', proof(rich))).status).toBe(404);
  expect((await ask(`/${'x'.repeat(40_000)}`, proof(rich))).status).toBe(431);
});

test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s changes nothing and is refused', async (method) => {
  expect(await ask(ec2('instance-id'), proof(rich), method)).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
});

test('a guest posts its password once, and again when its owner has cleared it', async () => {
  const server = await insert({});
  const path = '/openstack/latest/password';
  const post = async (body: string | Buffer, at = path) => (await ask(at, proof(server), 'POST', body)).status;
  expect(await read(path, server)).toBe('');
  expect([await post(''), await post('x'.repeat(1_021)), await post('a\0b'), await post(Buffer.from([0xff]))]).toEqual([
    400, 400, 400, 400,
  ]);
  expect([await post('in the past', '/openstack/2012-08-10/password'), await read(path, server)]).toEqual([404, '']);
  const longest = 'x'.repeat(1_020);
  expect([await post(longest, '/openstack/2013-04-04/password'), await post('another')]).toEqual([200, 409]);
  expect(await read(path, server)).toBe(longest);
  await database.db.updateTable('servers').set({ guest_password: null }).where('id', '=', server.id).execute();
  expect([await read(path, server), await post('another'), await read(path, server)]).toEqual(['', 200, 'another']);
  const others = await Promise.all(['PUT', 'DELETE', 'PATCH'].map((method) => ask(path, proof(server), method, 'y')));
  expect(others.map(({ status }) => status)).toEqual([400, 400, 400]);
  expect((await ask(path, { ...proof(server), 'X-Tenant-ID': 'project-2' }, 'POST', 'z')).status).toBe(404);
});

test('HEAD has the headers of GET and no body', async () => {
  expect(await ask(ec2('instance-id'), proof(rich), 'HEAD')).toMatchObject({ status: 200, body: '', headers: { 'content-length': '10' } });
});
