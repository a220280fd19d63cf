/** Servers that boot from volumes: what is refused, what they get, and what becomes of their volumes. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeVolume } from '../../../../../test/support/attached-volume.ts';
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database.ts';
import { rescueImage, sampleFlavor, sampleImage } from '../../../../../test/support/sample-server.ts';
import { SimulatedCloud } from '../../../../../test/support/simulated-cloud.ts';
import { contextOf, openFace, type SimulatedFace } from '../../../../../test/support/simulated-face.ts';
import { until } from '../../../../../test/support/until.ts';
import { bootResolver } from '../../../../compute/servers/resolve-boot.ts';
import { insertFlavor } from '../../../../db/stores/flavors/flavors.ts';
import { systemIds } from '../../../../lib/clock/ids.ts';
import { asId, type ImageId } from '../../../../objects/ids.ts';
import type { ImageMeta } from '../../../../objects/image.ts';
import { novaPolicy } from '../../../../policy/policy.ts';
import { unlimited } from '../../../../quota/resources.ts';
import { builtinServerVolumes } from '../../../../volume/builtin-server-volumes.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;
let face: SimulatedFace;
let volumeId: string;

/** An image of a server that booted from a volume. */
const listing = (devices: readonly object[]): ImageMeta => ({
  ...sampleImage,
  id: asId<ImageId>('5f3a0c7e-0000-4000-8000-0000000000c1'),
  sizeBytes: 0,
  virtualSizeBytes: null,
  properties: { bdm_v2: 'True', root_device_name: '/dev/vda', block_device_mapping: JSON.stringify(devices) },
});
let listed = listing([]);

const volumeApi = () => cloud.volumes.api({ gigabytes: 95 });

beforeAll(async () => {
  database = await createTestDatabase();
  cloud = new SimulatedCloud(database, { maxAttempts: 1 });
  Object.assign(cloud.deps, { volumes: builtinServerVolumes(volumeApi()) });
  await cloud.start('host-1');
  for (const [id, rootGb] of [
    ['1', 1],
    ['diskless', 0],
    ['roomy', 5_000],
  ] as const)
    await insertFlavor(database.db, { ...sampleFlavor, id, name: id, rootGb, ephemeralGb: id === 'roomy' ? 2 : 0 });
  const resolve = bootResolver({
    deviceAliases: new Map(),
    db: database.db,
    policy: novaPolicy(),
    images: { forBoot: async (_ctx, id) => [sampleImage, listed].find((image) => image.id === id) ?? 'unknown' },
    volumes: cloud.deps.volumes,
    networks: { checkRequested: async () => {}, checkSecurityGroups: async () => {} },
  });
  face = await openFace(cloud, {}, cloud.api({ resolve, quotaLimits: unlimited }));
  cloud.startEngine();
  cloud.volumes.startEngine();
});
afterAll(async () => {
  await face?.close();
  await cloud?.stop();
  await database?.drop();
});
beforeEach(async () => {
  volumeId = systemIds.uuid();
  await makeVolume(cloud, volumeId, { projectId: contextOf('demo').projectId ?? '' });
  await change({ is_bootable: true });
});

const change = (to: Readonly<Record<string, unknown>>) => database.db.updateTable('volumes').set(to).where('id', '=', volumeId).execute();

function create(more: object, at = '2.1') {
  const networks = Number(at.split('.')[1]) >= 37 ? { networks: 'none' } : {};
  const body = { server: { name: 'x', flavorRef: '1', ...networks, ...more } };
  return face.ask('POST', '/servers', { at, body });
}
const words = ({ body }: { body: Record<string, { message: string }> }) => Object.values(body)[0]?.message;

const ofVolume = (more: object = {}) => ({ source_type: 'volume', destination_type: 'volume', boot_index: 0, uuid: volumeId, ...more });
const ofImage = (more: object = {}) => ({
  source_type: 'image',
  destination_type: 'volume',
  boot_index: 0,
  uuid: sampleImage.id,
  volume_size: 1,
  ...more,
});
const blank = { source_type: 'blank', destination_type: 'volume', volume_size: 1 };
const local = { source_type: 'image', destination_type: 'local', boot_index: 0, uuid: sampleImage.id };
const missing = '5a5e6863-e4f8-4a71-8da1-adeff9c4cb79';

async function settled(id: string) {
  await until(async () => (await cloud.server(id)).taskState === null && (await cloud.server(id)).vmState !== 'building', {
    what: `server ${id} is settled`,
    timeoutMs: 20_000,
  });
  return await cloud.server(id);
}
async function booted(more: object, at?: string) {
  const answer = await create(more, at);
  expect(answer).toMatchObject({ status: 202 });
  return await settled(answer.body.server.id);
}
const removed = async (id: string) => {
  expect((await face.ask('DELETE', `/servers/${id}`)).status).toBe(204);
  await until(async () => (await cloud.server(id)).vmState === 'deleted', { what: 'it is deleted', timeoutMs: 20_000 });
};
const volume = async (id: string) => await database.db.selectFrom('volumes').selectAll().where('id', '=', id).executeTakeFirst();

describe('what can be known at once is refused at once', () => {
  test.each<[string, () => object, string, number, string]>([
    ['nothing to boot from', () => ({}), '2.1', 400, 'Invalid imageRef provided.'],
    ['two boot disks', () => ({ block_device_mapping_v2: [ofVolume(), ofImage()] }), '2.1', 400, 'Boot sequence'],
    ['none', () => ({ block_device_mapping_v2: [ofVolume({ boot_index: null })] }), '2.1', 400, 'Boot sequence'],
    ['a gap', () => ({ block_device_mapping_v2: [ofVolume(), { ...blank, boot_index: 2 }] }), '2.1', 400, 'Boot sequence'],
    ['no such volume', () => ({ block_device_mapping_v2: [ofVolume({ uuid: missing })] }), '2.1', 400, `failed to get volume ${missing}.`],
    [
      'no such snapshot',
      () => ({ block_device_mapping_v2: [ofVolume({ source_type: 'snapshot', uuid: missing })] }),
      '2.1',
      400,
      `failed to get snapshot ${missing}.`,
    ],
    ['no such image', () => ({ block_device_mapping_v2: [ofImage({ uuid: missing })] }), '2.1', 400, `failed to get image ${missing}.`],
    [
      'no such type',
      () => ({ block_device_mapping_v2: [ofImage({ volume_type: 'gold' })] }),
      '2.67',
      400,
      'Volume type gold could not be found.',
    ],
    [
      'a type of a volume that is there',
      () => ({ block_device_mapping_v2: [ofVolume({ volume_type: 'gold' })] }),
      '2.67',
      400,
      'Specifying volume type to existing volume is not supported.',
    ],
    ['a volume named twice', () => ({ block_device_mapping_v2: [ofVolume(), ofVolume({ boot_index: 1 })] }), '2.1', 400, 'is named twice'],
    [
      'a volume for two servers',
      () => ({ max_count: 2, block_device_mapping_v2: [ofVolume()] }),
      '2.1',
      400,
      'Cannot attach one or more volumes to multiple instances',
    ],
    ['no id', () => ({ block_device_mapping_v2: [ofVolume({ uuid: undefined })] }), '2.1', 400, 'Missing device UUID.'],
    ['an id of nothing', () => ({ block_device_mapping_v2: [{ ...blank, uuid: missing }] }), '2.1', 400, 'Invalid device UUID.'],
    ['no size', () => ({ block_device_mapping_v2: [ofImage({ volume_size: undefined })] }), '2.1', 400, 'need to have a non-zero size'],
    [
      'an image on a further local disk',
      () => ({ imageRef: sampleImage.id, block_device_mapping_v2: [ofVolume(), { ...local, boot_index: -1 }] }),
      '2.1',
      400,
      'Mapping image to local is not supported.',
    ],
    [
      'ephemeral disks beyond the flavor',
      () => ({ block_device_mapping_v2: [ofVolume(), { source_type: 'blank', destination_type: 'local', volume_size: 3 }] }),
      '2.1',
      400,
      'Ephemeral disks requested are larger',
    ],
    [
      'swap beyond the flavor',
      () => ({
        block_device_mapping_v2: [ofVolume(), { source_type: 'blank', destination_type: 'local', guest_format: 'swap', volume_size: 3 }],
      }),
      '2.1',
      400,
      'Swap drive requested is larger',
    ],
    [
      'both syntaxes',
      () => ({ block_device_mapping: [{ volume_id: volumeId }], block_device_mapping_v2: [ofVolume()] }),
      '2.1',
      400,
      'Using different block_device_mapping syntaxes',
    ],
    [
      'an old form of nothing',
      () => ({ imageRef: sampleImage.id, block_device_mapping: [{ device_name: 'vdb' }] }),
      '2.1',
      400,
      'Unrecognized legacy format.',
    ],
    [
      'the name of the root disk',
      () => ({ imageRef: sampleImage.id, block_device_mapping_v2: [local, ofVolume({ boot_index: -1, device_name: '/dev/vda' })] }),
      '2.1',
      400,
      'cannot be assigned the same device name as the root device vda',
    ],
  ])('%s', async (_name, more, at, status, message) => {
    const answer = await create(more(), at);
    expect([answer.status, words(answer)]).toEqual([status, expect.stringContaining(message)]);
  });

  test.each<[string, object, string]>([
    ['not bootable', { is_bootable: false }, 'is not bootable.'],
    ['in use', { status: 'in-use' }, 'status must be available'],
    ['in error', { status: 'error' }, 'status must be available'],
    ["another project's", { project_id: 'another' }, 'failed to get volume'],
  ])('a volume that is %s', async (_name, as, message) => {
    await change({ ...as });
    const answer = await create({ block_device_mapping_v2: [ofVolume()] });
    expect([answer.status, words(answer)]).toEqual([400, expect.stringContaining(message)]);
  });

  test('a volume that is shared, before clients knew of that', async () => {
    await change({ is_multiattach: true });
    expect((await create({ block_device_mapping_v2: [ofVolume()] }, '2.59')).status).toBe(400);
  });

  test('a volume that a server was promised a moment ago, and takes nobody else', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => create({ block_device_mapping_v2: [ofVolume()] })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([202, 400, 400]);
    const won = answers.find(({ status }) => status === 202)?.body.server.id;
    expect(await settled(won)).toMatchObject({ vmState: 'active' });
    await removed(won);
  });
});

describe('a server boots', () => {
  test('from a volume that is there, which is given back', async () => {
    const { id, image, rootDeviceName, volumes } = await booted({ block_device_mapping_v2: [ofVolume({ tag: 'root' })] }, '2.42');
    expect({ image, rootDeviceName, volumes }).toMatchObject({
      image: null,
      rootDeviceName: '/dev/vda',
      volumes: [{ volumeId, device: '/dev/vda', bootIndex: 0, tag: 'root', isDeletedWithServer: false }],
    });
    expect(cloud.host('host-1').volumesOf(id)).toMatchObject([{ volumeId, device: '/dev/vda', isRoot: true }]);
    const { spec } = cloud.host('host-1').driver.guestOf(id);
    expect(spec.disk).toBe(null);
    expect(await volume(volumeId)).toMatchObject({ status: 'in-use' });
    const { body } = await face.ask('GET', `/servers/${id}`, { at: '2.3' });
    expect(body.server).toMatchObject({ image: '', 'os-extended-volumes:volumes_attached': [{ id: volumeId }] });
    await removed(id);
    expect(await volume(volumeId)).toMatchObject({ status: 'available' });
  });

  test('from a volume that is made of an image and goes with it, and takes no disk of the host', async () => {
    const devices = [ofImage({ delete_on_termination: true }), { ...blank, volume_size: 2 }];
    const server = await booted({ flavorRef: 'roomy', block_device_mapping_v2: devices });
    expect(server).toMatchObject({ vmState: 'active', fault: null, image: { id: sampleImage.id, isOfVolume: true } });
    const [root, data] = server.volumes;
    // After the ephemeral disk of the flavor.
    expect([root?.device, data?.device]).toEqual(['/dev/vda', '/dev/vdc']);
    expect(await volume(root?.volumeId ?? '')).toMatchObject({ status: 'in-use', is_bootable: true, size_gb: 1, name: '' });
    expect(await volume(data?.volumeId ?? '')).toMatchObject({ status: 'in-use', size_gb: 2, name: `${server.id}-blank-vol` });
    const rows = await database.db.selectFrom('allocations').select(['resource_class', 'amount']).orderBy('resource_class').execute();
    expect(rows.find((row) => row.resource_class === 'DISK_GB')).toEqual({ resource_class: 'DISK_GB', amount: 2 });
    expect((await face.ask('GET', `/servers/${server.id}`)).body.server.image).toBe('');
    expect((await face.ask('GET', `/servers?image=${sampleImage.id}`)).body.servers).toEqual([]);
    await removed(server.id);
    await until(async () => (await volume(root?.volumeId ?? '')) === undefined, { what: 'its volume is gone', timeoutMs: 20_000 });
    expect(await volume(data?.volumeId ?? '')).toMatchObject({ status: 'available' });
    await volumeApi().volumes.delete({ ...contextOf('demo'), requestId: 'req-tidy' }, data?.volumeId ?? '');
  });

  test('in the older form, from the volume with the name of the root disk, beside which the image is shown', async () => {
    const server = await booted({ imageRef: sampleImage.id, block_device_mapping: [{ device_name: '/dev/vda', volume_id: volumeId }] });
    expect(server.volumes).toMatchObject([{ volumeId, bootIndex: 0 }]);
    expect((await face.ask('GET', `/servers/${server.id}`)).body.server.image).toMatchObject({ id: sampleImage.id });
    await removed(server.id);
  });

  test('from its image, with a volume beside, in both forms', async () => {
    for (const more of [
      { block_device_mapping: [{ device_name: 'vdb', volume_id: volumeId, delete_on_termination: '0' }] },
      { block_device_mapping_v2: [local, ofVolume({ boot_index: -1 })] },
    ]) {
      const server = await booted({ imageRef: sampleImage.id, ...more });
      expect(server.volumes.map(({ device, bootIndex }) => [device, bootIndex])).toEqual([['/dev/vdb', undefined]]);
      expect(cloud.host('host-1').driver.guestOf(server.id).spec.disk).not.toBe(null);
      await removed(server.id);
    }
  });

  test('from an image that is a list of snapshots, even with a flavor without a disk', async () => {
    const { id: snapshotId } = await volumeApi().snapshots.create(
      { ...contextOf('demo'), requestId: 'req-snapshot' },
      { volumeId, name: null, description: null, metadata: {}, force: false },
    );
    await until(
      async () => (await database.db.selectFrom('volume_snapshots').select('status').executeTakeFirst())?.status === 'available',
      {
        what: 'the snapshot is there',
        timeoutMs: 20_000,
      },
    );
    listed = listing([
      {
        source_type: 'snapshot',
        destination_type: 'volume',
        snapshot_id: snapshotId,
        volume_size: 1,
        boot_index: 0,
        device_name: '/dev/vda',
        delete_on_termination: true,
      },
    ]);
    // Clients name the image again, which is no disk then.
    const devices = [{ ...local, uuid: listed.id }];
    for (const more of [{}, { block_device_mapping_v2: devices }]) {
      const server = await booted({ flavorRef: 'diskless', imageRef: listed.id, ...more });
      expect(server.volumes).toMatchObject([{ device: '/dev/vda', bootIndex: 0, isDeletedWithServer: true }]);
      expect(await volume(server.volumes[0]?.volumeId ?? '')).toMatchObject({ snapshot_id: snapshotId });
      expect((await face.ask('GET', `/servers/${server.id}`)).body.server.image).toMatchObject({ id: listed.id });
      await removed(server.id);
    }
    listed = { ...listed, properties: { block_device_mapping: 'nonsense' } };
    expect(words(await create({ imageRef: listed.id }))).toContain('block_device_mapping is not a list of block devices.');
  });

  test('not beyond the quota of volumes: it is in error then, and has none', async () => {
    const before = await database.db.selectFrom('volumes').select('id').execute();
    const server = await booted({ block_device_mapping_v2: [ofVolume(), { ...blank, volume_size: 100 }] });
    expect(server).toMatchObject({ vmState: 'error', volumes: [], fault: { code: 403 } });
    expect(await volume(volumeId)).toMatchObject({ status: 'available' });
    expect(await database.db.selectFrom('volumes').select('id').execute()).toHaveLength(before.length);
    await removed(server.id);
  });

  test('and is rebuilt, shelved and unshelved with it; what needs a disk of the host is refused', async () => {
    const { id } = await booted({ block_device_mapping_v2: [ofImage({ delete_on_termination: true })] });
    const refused = async (action: object, at: string, message: string) => {
      const answer = await face.act(id, action, { at });
      expect([answer.status, words(answer)]).toEqual([400, expect.stringContaining(message)]);
    };
    await refused({ createBackup: { name: 'b', backup_type: 'daily', rotation: 1 } }, '2.1', 'Backup is not supported');
    const path = `/servers/${id}/os-volume_attachments/${(await cloud.server(id)).volumes[0]?.volumeId}`;
    expect(words(await face.ask('DELETE', path))).toBe('Cannot detach a root device volume');
    expect((await face.act(id, { rebuild: { imageRef: sampleImage.id } })).status).toBe(202);
    expect(await settled(id)).toMatchObject({ vmState: 'active', image: { isOfVolume: true } });
    expect((await face.ask('GET', `/servers/${id}`)).body.server.image).toBe('');
    expect((await face.act(id, { shelve: null })).status).toBe(202);
    expect(await settled(id)).toMatchObject({ vmState: 'shelved_offloaded', host: null, shelved: { imageId: null } });
    expect(words(await face.ask('DELETE', path))).toBe('Cannot detach a root device volume');
    expect((await face.act(id, { unshelve: null })).status).toBe(202);
    expect(await settled(id)).toMatchObject({ vmState: 'active', shelved: null });
    expect(cloud.host('host-1').volumesOf(id)).toMatchObject([{ device: '/dev/vda', isRoot: true }]);
    await removed(id);
  });

  test('and is copied into an image that lists snapshots of all its volumes, from which others boot', async () => {
    const { id, volumes } = await booted({
      block_device_mapping_v2: [ofImage({ delete_on_termination: true }), ofVolume({ boot_index: -1 })],
    });
    await face.act(id, { pause: null });
    await settled(id);
    expect(words(await face.act(id, { createImage: { name: 'copy' } }))).toContain("Cannot 'createImage' instance");
    await face.act(id, { unpause: null });
    await settled(id);
    const { status, body } = await face.act(id, { createImage: { name: 'copy' } }, { at: '2.45' });
    expect(status).toBe(202);
    expect(await settled(id)).toMatchObject({ vmState: 'active', fault: null });
    const made = cloud.images.all.find((image) => image.id === body.image_id);
    expect(made).toMatchObject({ isWhole: true, properties: { bdm_v2: 'True', root_device_name: '/dev/vda', image_type: 'snapshot' } });
    expect(made?.properties['base_image_ref']).toBe(undefined);
    const devices = JSON.parse(made?.properties['block_device_mapping'] ?? '');
    expect(devices).toMatchObject([
      {
        source_type: 'snapshot',
        destination_type: 'volume',
        boot_index: 0,
        device_name: '/dev/vda',
        volume_size: 1,
        delete_on_termination: true,
      },
      { source_type: 'snapshot', boot_index: -1, device_name: '/dev/vdb', delete_on_termination: false },
    ]);
    const rows = await database.db.selectFrom('volume_snapshots').selectAll().where('id', '=', devices[0].snapshot_id).execute();
    expect(rows).toMatchObject([{ status: 'available', volume_id: volumes[0]?.volumeId, name: 'snapshot for copy' }]);
    listed = listing(devices);
    const second = await booted({ imageRef: listed.id });
    expect(second.volumes.map(({ device, bootIndex }) => [device, bootIndex])).toEqual([
      ['/dev/vda', 0],
      ['/dev/vdb', undefined],
    ]);
    await removed(second.id);
    await removed(id);
  });

  test('and is rebuilt from another image, whose data the volume gets, once clients know of that', async () => {
    const { id, volumes } = await booted({ block_device_mapping_v2: [ofImage({ delete_on_termination: true })] });
    const root = volumes[0]?.volumeId ?? '';
    const other = rescueImage.id;
    const record = { owner: 'p', visibility: 'private', diskFormat: 'qcow2', minDiskGb: 0, minRamMb: 0, properties: {} } as const;
    cloud.volumes.images.keep({ ...record, id: other, name: 'other' });
    expect(words(await face.act(id, { rebuild: { imageRef: other } }, { at: '2.92' }))).toBe(
      `Image ${other} is unacceptable: Unable to rebuild with a different image for a volume-backed server.`,
    );
    expect((await face.act(id, { rebuild: { imageRef: other } }, { at: '2.93' })).status).toBe(202);
    expect(await settled(id)).toMatchObject({ vmState: 'active', fault: null, image: { id: other, isOfVolume: true } });
    expect(await volume(root)).toMatchObject({ status: 'in-use', image_metadata: { image_id: other } });
    expect(cloud.host('host-1').volumesOf(id)).toMatchObject([{ volumeId: root, isRoot: true }]);
    await removed(id);
  });

  test('and is rescued with an image that asks for a device of its own', async () => {
    const { id } = await booted({ block_device_mapping_v2: [ofVolume()] });
    const rescueWith = (image: string, at: string) => face.act(id, { rescue: { rescue_image_ref: image } }, { at });
    for (const [image, at] of [
      [rescueImage.id, '2.86'],
      [sampleImage.id, '2.87'],
    ] as const)
      expect(words(await rescueWith(image, at))).toBe(`Instance ${id} cannot be rescued: Cannot rescue a volume-backed instance`);
    expect((await rescueWith(rescueImage.id, '2.87')).status).toBe(200);
    expect(await settled(id)).toMatchObject({ vmState: 'rescued' });
    expect((await face.act(id, { unrescue: null })).status).toBe(202);
    expect(await settled(id)).toMatchObject({ vmState: 'active' });
    expect(await volume(volumeId)).toMatchObject({ status: 'in-use' });
    await removed(id);
  });

  test('several at once, each from a volume of its own', async () => {
    const { status, body } = await create({
      min_count: 2,
      return_reservation_id: true,
      block_device_mapping_v2: [ofImage({ delete_on_termination: true })],
    });
    expect(status).toBe(202);
    const { servers } = (await face.ask('GET', `/servers?reservation_id=${body.reservation_id}`)).body;
    const both = await Promise.all(servers.map(({ id }: { id: string }) => settled(id)));
    const ids = both.flatMap(({ volumes }) => volumes.map((one: { volumeId: string }) => one.volumeId));
    expect(new Set(ids).size).toBe(2);
    await Promise.all(both.map(({ id }) => removed(id)));
  });

  test('and is deleted with what is still being made, for which it holds up no others', async () => {
    await cloud.volumes.stopHost();
    // More than there are steps at a time.
    const many = { min_count: 9, return_reservation_id: true };
    const { body } = await create({ ...many, block_device_mapping_v2: [ofImage({ delete_on_termination: true })] });
    const { servers } = (await face.ask('GET', `/servers?reservation_id=${body.reservation_id}`)).body;
    const roots: string[] = [];
    for (const { id } of servers) {
      await until(async () => (await cloud.server(id)).taskState === 'block_device_mapping', { what: 'it waits', timeoutMs: 20_000 });
      const root = (await cloud.server(id)).volumes[0]?.volumeId ?? '';
      await until(async () => (await volume(root)) !== undefined, { what: 'its volume is begun', timeoutMs: 20_000 });
      roots.push(root);
    }
    await removed((await booted({ imageRef: sampleImage.id })).id);
    for (const { id } of servers) await removed(id);
    await cloud.volumes.startHost();
    for (const root of roots)
      await until(async () => (await volume(root)) === undefined, { what: 'its volume is gone', timeoutMs: 60_000 });
  }, 90_000);

  test("without a volume that has become another project's since the request, which keeps it", async () => {
    const given = { source_type: 'volume', destination_type: 'volume', uuid: volumeId, delete_on_termination: true };
    await cloud.stopEngines();
    const { body } = await create({ imageRef: sampleImage.id, block_device_mapping_v2: [local, given] });
    await change({ project_id: 'another' });
    cloud.startEngine();
    const { id } = body.server;
    expect(await settled(id)).toMatchObject({ vmState: 'error', volumes: [] });
    expect(await volume(volumeId)).toMatchObject({ status: 'available', project_id: 'another' });
    await removed(id);
  });
});
