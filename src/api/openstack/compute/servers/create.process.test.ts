import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database.ts';
import { bogusImage, sampleFlavor, sampleImage } from '../../../../../test/support/sample-server.ts';
import { SimulatedCloud } from '../../../../../test/support/simulated-cloud.ts';
import { openFace, type SimulatedFace } from '../../../../../test/support/simulated-face.ts';
import { bootResolver } from '../../../../compute/servers/resolve-boot.ts';
import { novaPolicy } from '../../../../policy/policy.ts';
import { unlimited } from '../../../../quota/resources.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;
let face: SimulatedFace;

const limits = {
  ...unlimited,
  instances: 60,
  metadata_items: 3,
  injected_files: 1,
  injected_file_content_bytes: 10,
  injected_file_path_bytes: 20,
};

/** Flavors by what they ask for. */
const hardwareFlavors = {
  'secure-boot': { 'os:secure_boot': 'required' },
  'bad-watchdog': { 'hw:watchdog_action': 'bark' },
  'many-ports': { 'hw:serial_port_count': '5' },
  'pci-device': { 'pci_passthrough:alias': 'card:1' },
  encrypted: { 'hw:mem_encryption': 'true' },
  tpm: { 'hw:tpm_version': '2.0' },
};

beforeAll(async () => {
  database = await createTestDatabase();
  cloud = new SimulatedCloud(database, { maxAttempts: 1 });
  await cloud.start('host-1');
  const { id, name, vcpus, ramMb, rootGb } = sampleFlavor;
  const common = { rxtx_factor: 1, is_public: true, disabled: false, description: null, extra_specs: '{}', ephemeral_gb: 0, swap_mb: 0 };
  await database.db
    .insertInto('flavors')
    .values([
      { ...common, id, name, vcpus, ram_mb: ramMb, root_gb: rootGb },
      { ...common, id: 'diskless', name: 'diskless', vcpus, ram_mb: ramMb, root_gb: 0 },
      ...Object.entries(hardwareFlavors).map(([name, specs]) => ({
        ...common,
        id: name,
        name,
        vcpus,
        ram_mb: ramMb,
        root_gb: rootGb,
        extra_specs: JSON.stringify(specs),
      })),
    ])
    .execute();
  const resolve = bootResolver({
    db: database.db,
    policy: novaPolicy(),
    images: { forBoot: async (_ctx, asked) => (asked === bogusImage.id ? bogusImage : sampleImage) },
    volumes: cloud.deps.volumes,
    networks: { checkRequested: async () => {}, checkSecurityGroups: async () => {} },
    deviceAliases: new Map(),
  });
  face = await openFace(cloud, {}, cloud.api({ resolve, quotaLimits: limits }));
});
afterAll(async () => {
  await face?.close();
  await cloud?.stop();
  await database?.drop();
});

const uuid = '5a5e6863-e4f8-4a71-8da1-adeff9c4cb79';
const needsNetworks = (at: string) => Number(at.split('.')[1]) >= 37;

function create(more: object, at = '2.1', as: 'demo' | 'admin' = 'demo', beside: object = {}) {
  const networks = needsNetworks(at) ? { networks: 'none' } : {};
  const body = { server: { name: 'x', imageRef: sampleImage.id, flavorRef: '1', ...networks, ...more }, ...beside };
  return face.ask('POST', '/servers', { at, as, body });
}

const words = ({ body }: { body: Record<string, { message: string }> }) => Object.values(body)[0]?.message;

const imageDisk = { source_type: 'image', destination_type: 'local', boot_index: 0, uuid: sampleImage.id };

describe('a field is taken in its window and refused outside', () => {
  test.each<[object, string, number]>([
    [{ description: 'd' }, '2.18', 400],
    [{ description: null }, '2.19', 202],
    [{ networks: [{ uuid, tag: 't' }] }, '2.31', 400],
    [{ networks: [{ uuid, tag: 't' }] }, '2.32', 202],
    [{ networks: [{ uuid, tag: 't' }] }, '2.37', 400],
    [{ networks: [{ uuid, tag: 't' }] }, '2.42', 202],
    [{ networks: 'auto' }, '2.36', 400],
    [{ networks: undefined }, '2.37', 400],
    [{ block_device_mapping_v2: [{ ...imageDisk, tag: 't' }] }, '2.31', 400],
    [{ block_device_mapping_v2: [{ ...imageDisk, tag: 't' }] }, '2.32', 202],
    [{ block_device_mapping_v2: [{ ...imageDisk, tag: 't' }] }, '2.33', 400],
    [{ block_device_mapping_v2: [{ ...imageDisk, tag: 't' }] }, '2.42', 202],
    [{ block_device_mapping_v2: [{ ...imageDisk, volume_type: null }] }, '2.66', 400],
    [{ block_device_mapping_v2: [{ ...imageDisk, volume_type: null }] }, '2.67', 202],
    [{ tags: ['t'] }, '2.51', 400],
    [{ tags: ['t'] }, '2.52', 202],
    [{ tags: ['a,b'] }, '2.52', 400],
    [{ personality: [{ path: '/a', contents: 'aGk=' }] }, '2.56', 202],
    [{ personality: [] }, '2.57', 400],
    [{ trusted_image_certificates: ['c'] }, '2.62', 400],
    [{ trusted_image_certificates: null }, '2.63', 202],
    [{ trusted_image_certificates: [] }, '2.63', 400],
    [{ host: 'host-1' }, '2.73', 400],
    [{ hostname: 'web-1' }, '2.89', 400],
    [{ hostname: 'web-1' }, '2.90', 202],
    [{ hostname: 'web.example' }, '2.93', 400],
    [{ hostname: 'web.example' }, '2.94', 202],
    [{ nonsense: 1 }, '2.1', 400],
  ])('%j at %s: %i', async (more, at, status) => {
    expect((await create(more, at)).status).toBe(status);
  });
});

test.each<[object, string, number, string]>([
  [{ min_count: 3, max_count: 2 }, '2.1', 400, 'min_count must be <= max_count'],
  [{ min_count: 0 }, '2.1', 400, 'Invalid input for field/attribute min_count'],
  [{ trusted_image_certificates: ['c'] }, '2.63', 400, 'Trusted image certificates provided on host that does not support'],
  [{ name: ' x' }, '2.1', 400, 'Invalid input for field/attribute name'],
  [{ hostname: 'one', max_count: 2 }, '2.90', 400, 'Unable to allocate a single hostname to multiple instances'],
  [{ metadata: { a: '1', b: '2', c: '3', d: '4' } }, '2.1', 403, 'Maximum number of metadata items exceeds 3'],
  [
    {
      personality: [
        { path: '/a', contents: '' },
        { path: '/b', contents: '' },
      ],
    },
    '2.1',
    403,
    'Personality file limit exceeded',
  ],
  [{ personality: [{ path: `/${'a'.repeat(20)}`, contents: '' }] }, '2.1', 403, 'Personality file path exceeds maximum 20'],
  [{ personality: [{ path: '/a', contents: 'MTIzNDU2Nzg5MDEy' }] }, '2.1', 403, 'Personality file content exceeds maximum 10'],
  [{ user_data: '***' }, '2.1', 400, 'Invalid input for field/attribute user_data'],
  [{ availability_zone: 'nowhere' }, '2.1', 400, 'The requested availability zone is not available'],
  [{ availability_zone: 'nova:host-1' }, '2.1', 403, "Policy doesn't allow os_compute_api:servers:create:forced_host to be performed."],
  [{ availability_zone: 'a:b:c:d' }, '2.1', 400, 'Unable to parse availability_zone'],
  [{ host: 'host-1' }, '2.74', 403, "Policy doesn't allow compute:servers:create:requested_destination to be performed."],
  [{ flavorRef: 'nothing' }, '2.1', 400, 'Flavor nothing could not be found.'],
  [{ flavorRef: 'diskless' }, '2.1', 403, 'Only volume-backed servers are allowed for flavors with zero disk.'],
  [{ flavorRef: 'secure-boot' }, '2.1', 400, 'Secure Boot is required, which the image can only have with hw_firmware_type uefi.'],
  [{ flavorRef: 'bad-watchdog' }, '2.1', 400, "'bark' is not a valid value for extra spec 'hw:watchdog_action'"],
  [{ flavorRef: 'many-ports' }, '2.1', 400, 'Maximum number of serial port exceeds 4.'],
  [{ flavorRef: 'pci-device' }, '2.1', 400, 'PCI alias card is not defined'],
  [{ imageRef: '' }, '2.1', 400, 'Invalid imageRef provided.'],
  [{ block_device_mapping: [{ volume_id: uuid }] }, '2.1', 400, `Block Device Mapping is Invalid: failed to get volume ${uuid}.`],
  [
    { block_device_mapping_v2: [imageDisk, { source_type: 'blank', destination_type: 'volume' }] },
    '2.1',
    400,
    "Blank volumes (source: 'blank', dest: 'volume') need to have non-zero size",
  ],
  [
    { imageRef: '', block_device_mapping_v2: [{ ...imageDisk, destination_type: 'volume' }] },
    '2.1',
    400,
    "Images with destination_type 'volume' need to have a non-zero size specified",
  ],
  [
    { block_device_mapping_v2: [imageDisk, { source_type: 'blank', destination_type: 'volume', volume_size: 1, boot_index: 2 }] },
    '2.1',
    400,
    'Block Device Mapping is Invalid: Boot sequence for the instance and image/block device mapping combination is not valid.',
  ],
])('%j is refused at %s with %i', async (more, at, status, message) => {
  const answer = await create(more, at);
  expect(answer.status).toBe(status);
  expect(words(answer)).toContain(message);
});

test.each([
  [{ host: 'host-1' }, 202],
  [{ host: 'nowhere' }, 400],
  [{ hypervisor_hostname: 'nowhere' }, 400],
  [{ host: 'host-1', availability_zone: 'nova:host-1' }, 400],
  [{ availability_zone: 'nova:host-1' }, 202],
])('an admin asks for a host with %j: %i', async (more, status) => {
  expect((await create(more, '2.74', 'admin')).status).toBe(status);
});

test.each<[object, number]>([
  [{ 'os:scheduler_hints': { same_host: uuid, anything: 1 } }, 202],
  [{ 'OS-SCH-HNT:scheduler_hints': { different_host: [uuid] } }, 202],
  [{ 'os:scheduler_hints': { group: 'no uuid' } }, 400],
  [{ 'os:scheduler_hints': { build_near_host_ip: 'nowhere' } }, 400],
])('hints %j: %i', async (beside, status) => {
  expect((await create({}, '2.1', 'demo', beside)).status).toBe(status);
});

test('hints are told as lists, however they were given', async () => {
  const { body } = await create({}, '2.1', 'demo', { 'os:scheduler_hints': { same_host: uuid, different_host: [uuid] } });
  const { server } = (await face.ask('GET', `/servers/${body.server.id}`, { at: '2.100' })).body;
  expect(server.scheduler_hints).toEqual({ same_host: [uuid], different_host: [uuid] });
});

test('names are any printable text, and a link to a flavor is as good as its id', async () => {
  const { body } = await create({ name: '雲の上のサーバー', flavorRef: 'http://openstack.example.com/flavors/1' });
  expect((await face.ask('GET', `/servers/${body.server.id}`)).body.server.name).toBe('雲の上のサーバー');
});

test('a password is chosen, or made up', async () => {
  expect((await create({ adminPass: 'chosen' })).body.server.adminPass).toBe('chosen');
  expect((await create({})).body.server.adminPass).toMatch(/^[A-Za-z0-9]{12}$/);
});

const guestNameOf = async (id: string) =>
  (await face.ask('GET', `/servers/${id}`, { as: 'admin' })).body.server['OS-EXT-SRV-ATTR:instance_name'];

test('guests are called as the template says, by which they were made', async () => {
  const elsewhere = await openFace(cloud, {}, cloud.api({ guestNameTemplate: 'east-%03d' }));
  const body = { server: { name: 'x', imageRef: sampleImage.id, flavorRef: '1' } };
  const [first, second] = [(await create({})).body.server.id, (await elsewhere.ask('POST', '/servers', { body })).body.server.id];
  expect([await guestNameOf(first), await guestNameOf(second)]).toEqual([
    expect.stringMatching(/^instance-[0-9a-f]{8}$/),
    `east-${String((await cloud.server(second)).number).padStart(3, '0')}`,
  ]);
  await elsewhere.close();
});

test('several servers are numbered, share a reservation, and may be answered by it', async () => {
  const { body } = await create({ name: 'multi', min_count: 2, max_count: 2, return_reservation_id: true });
  expect(Object.keys(body)).toEqual(['reservation_id']);
  const { servers } = (await face.ask('GET', `/servers?reservation_id=${body.reservation_id}`)).body;
  expect(servers.map(({ name }: { name: string }) => name).sort()).toEqual(['multi-1', 'multi-2']);
});

test('as many are made as the quota has room for, down to the least that was asked for', async () => {
  const used = (await face.ask('GET', '/servers')).body.servers.length;
  const room = limits.instances - used;
  const refused = await create({ name: 'many', min_count: room + 1, max_count: room + 5 });
  expect([refused.status, words(refused)]).toEqual([
    403,
    `Quota exceeded for instances: Requested ${room + 5}, but already used ${used} of 60 instances`,
  ]);
  expect((await create({ name: 'many', min_count: 1, max_count: room + 5 })).status).toBe(202);
  expect((await face.ask('GET', '/servers?name=^many-')).body.servers.length).toBe(room);
});

test('under /v2 names may have blanks around them, and what is not known is dropped', async () => {
  const server = { name: '  blank ', imageRef: sampleImage.id, flavorRef: '1', nonsense: 1 };
  const answer = await face.ask('POST', '/v2/servers', { as: 'admin', body: { server } });
  expect(answer.status).toBe(202);
  expect((await face.ask('GET', `/servers/${answer.body.server.id}`, { as: 'admin' })).body.server.name).toBe('blank');
});

const createUnder = (path: '/v2' | '/v2.1', more: object) =>
  face.ask('POST', `${path}/servers`, { as: 'other', body: { server: { name: 'x', imageRef: sampleImage.id, flavorRef: '1', ...more } } });

describe('the legacy API', () => {
  // Fault 2026-11 A16.
  test('takes user data of null, which 2.1 refuses', async () => {
    expect((await createUnder('/v2.1', { user_data: null })).status).toBe(400);
    const answer = await createUnder('/v2', { user_data: null });
    expect(answer.status).toBe(202);
    expect((await cloud.server(answer.body.server.id)).userData).toBeNull();
    expect((await createUnder('/v2', { user_data: '&' })).status).toBe(400);
    expect((await createUnder('/v2', { config_drive: null })).status).toBe(400);
  });

  // Fault 2026-11 A16.
  test('drops the blanks around every name, which 2.1 refuses', async () => {
    const blank = { name: ' web ', security_groups: [{ name: ' default ' }], availability_zone: ' nova ', metadata: { k: ' v ' } };
    expect((await createUnder('/v2.1', blank)).status).toBe(400);
    const answer = await createUnder('/v2', blank);
    expect([answer.status, answer.body.server.security_groups]).toEqual([202, [{ name: 'default' }]]);
    const { name, securityGroups, requestedZone, metadata } = await cloud.server(answer.body.server.id);
    expect([name, securityGroups, requestedZone, metadata]).toEqual(['web', ['default'], 'nova', { k: ' v ' }]);
    expect((await createUnder('/v2', { name: '  ' })).status).toBe(400);
  });
});

// Fault 2026-11 A3.
test('an image with an invalid property is refused', async () => {
  const answer = await createUnder('/v2.1', { imageRef: bogusImage.id });
  expect([answer.status, words(answer)]).toEqual([
    400,
    "Invalid image metadata. Error: hw_disk_bus cannot be 'bogus': it must be one of fdc, ide, sata, scsi, usb, virtio, xen, lxc, uml.",
  ]);
});

describe('hardware', () => {
  // Last, because all that was created above boots now.
  beforeAll(() => cloud.startEngine());

  test('a server whose hardware no host has is told what the hosts lack', async () => {
    const { id } = (await create({ flavorRef: 'encrypted' }, '2.1', 'admin')).body.server;
    await expect.poll(async () => (await cloud.server(id)).vmState, { timeout: 20_000 }).toBe('error');
    expect((await face.ask('GET', `/servers/${id}`, { as: 'admin' })).body.server.fault.message).toContain(
      'TraitsFilter refused 1 of 1 host: no trait HW_CPU_X86_AMD_SEV.',
    );
  });

  test('a server with a TPM is not shelved, because only its host has what the TPM holds', async () => {
    const { id } = (await create({ flavorRef: 'tpm' }, '2.1', 'admin')).body.server;
    await expect.poll(async () => (await cloud.server(id)).vmState, { timeout: 20_000 }).toBe('active');
    const answer = await face.ask('POST', `/servers/${id}/action`, { as: 'admin', body: { shelve: null } });
    expect([answer.status, words(answer)]).toEqual([409, `Operation 'shelve' not supported for vTPM-enabled instance (${id}).`]);
  });
});
