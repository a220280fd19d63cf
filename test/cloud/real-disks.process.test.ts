/** Disks of real guests, on two private hosts: a guest counts its boots in a file on its disk, which tells whose disk it is. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { privateHostRequirements } from '../../src/virt/libvirt/private-host/requirements.ts';
import { rosterOf } from '../chaos/roster.ts';
import { leftovers } from '../support/books.ts';
import { type Cloud, startCloud } from '../support/cloud.ts';
import type { CloudClient } from '../support/cloud-client.ts';
import { type Rabbitmq, rabbitmqMissing, startRabbitmq } from '../support/rabbitmq.ts';
import { realHost } from '../support/real-host.ts';
import { until } from '../support/until.ts';
import { volumeRead, volumeScript, volumeWritten } from '../support/volume-in-guest.ts';
import { verifyCloud } from '../support/verify-cloud.ts';

const READY_TIMEOUT_MS = 120_000;

// oxlint-disable-next-line typescript/no-explicit-any
type Body = any;
const requirements = await privateHostRequirements();
const missing = process.env['CI'] === 'true' ? undefined : (rabbitmqMissing() ?? (requirements.ok ? undefined : requirements.missing));

describe.skipIf(missing !== undefined)(`the disk of a real guest${missing ? ` (${missing})` : ''}`, () => {
  let rabbitmq: Rabbitmq;
  let cloud: Cloud;
  let demo: CloudClient;
  let admin: CloudClient;
  let env: Readonly<Record<string, string>>;
  let id: string;

  beforeAll(async () => {
    rabbitmq = await startRabbitmq();
    const services = [...(await rosterOf({ apis: 1, conductors: 1, schedulers: 1, hosts: 2, guests: 'real' }))];
    env = { NOVA_TRANSPORT_URL: rabbitmq.url, NOVA_VIRT_DRIVER: 'libvirt', NOVA_LIBVIRT_DAEMON: 'private' };
    cloud = await startCloud({ services, env });
    [demo, admin] = await Promise.all([cloud.demo(), cloud.admin()]);
    id = await demo.boot({ name: 'guest', user_data: Buffer.from(volumeScript).toString('base64') });
  }, 240_000);
  afterAll(async () => {
    await cloud?.destroy();
    await rabbitmq?.stop();
  });

  const act = async (server: string, body: object, by = demo, at = '2.91') => {
    const version = { 'openstack-api-version': `compute ${at}` };
    const answer = await by.ask('compute', 'POST', `/v2.1/servers/${server}/action`, body, version);
    expect([body, answer.status]).toEqual([body, 202]);
    return answer.body;
  };
  const hostOf = async (server: string): Promise<string> => (await admin.server(server))['OS-EXT-SRV-ATTR:host'];
  const consoleOf = async (server: string): Promise<string> => {
    const { body } = await demo.ask('compute', 'POST', `/v2.1/servers/${server}/action`, { 'os-getConsoleOutput': {} });
    return body.output ?? '';
  };
  /** Waits until the guest has booted so often. */
  const ready = (server: string, boots: number) =>
    until(async () => new RegExp(`GUEST-READY .*boots=${boots}\\b`).test(await consoleOf(server)), {
      what: `the guest of ${server} says that it has booted ${boots} times`,
      timeoutMs: READY_TIMEOUT_MS,
    });
  const imageNamed = async (name: string) => (await demo.ask('image', 'GET', `/v2/images?name=${name}`)).body.images[0];

  test('is copied while the guest runs on, and a server that boots from the copy has it', { timeout: 300_000 }, async () => {
    await demo.settled(id, READY_TIMEOUT_MS);
    await ready(id, 1);
    const { image_id: copy } = await act(id, { createImage: { name: 'copy' } });
    await demo.settled(id, READY_TIMEOUT_MS);
    expect(await imageNamed('copy')).toMatchObject({ id: copy, status: 'active', disk_format: 'qcow2', instance_uuid: id });
    expect(await demo.server(id)).toMatchObject({ status: 'ACTIVE', 'OS-EXT-STS:power_state': 1 });
    const second = await demo.boot({ name: 'second', imageRef: copy });
    await demo.settled(second, READY_TIMEOUT_MS);
    await ready(second, 2);
    expect(await consoleOf(id)).not.toContain('boots=2');
    await demo.remove(second, READY_TIMEOUT_MS);
    expect((await demo.ask('image', 'DELETE', `/v2/images/${copy}`)).status).toBe(204);
  });

  test('leaves its host when the server is shelved, and comes back on another', { timeout: 300_000 }, async () => {
    const from = await hostOf(id);
    const to = from === 'hv-1' ? 'hv-2' : 'hv-1';
    const { addresses } = await demo.server(id);
    await act(id, { shelve: null });
    expect(await demo.settled(id, READY_TIMEOUT_MS)).toMatchObject({ status: 'SHELVED_OFFLOADED', hostId: '' });
    expect(await realHost(cloud, from).remains()).toEqual([]);
    expect(await imageNamed('guest-shelved')).toMatchObject({ status: 'active' });
    await act(id, { unshelve: { host: to } }, admin);
    const back = await demo.settled(id, READY_TIMEOUT_MS);
    expect(back).toMatchObject({ status: 'ACTIVE', addresses });
    expect(await hostOf(id)).toBe(to);
    await ready(id, 2);
    await until(async () => (await imageNamed('guest-shelved')) === undefined, { what: 'its image is gone', timeoutMs: 30_000 });
  });

  test('a volume goes from a guest on one host to one on the other, with what was written', { timeout: 300_000 }, async () => {
    const other = (await hostOf(id)) === 'hv-1' ? 'hv-2' : 'hv-1';
    const user_data = Buffer.from(volumeScript).toString('base64');
    const second = await demo.boot({ name: 'second', user_data });
    const { body } = await demo.ask('volume', 'POST', '/v3/volumes', { volume: { size: 1 } });
    const volumeId: string = body.volume.id;
    const status = async () => (await demo.ask('volume', 'GET', `/v3/volumes/${volumeId}`)).body.volume.status;
    const becomes = (wanted: string) =>
      until(async () => (await status()) === wanted, { what: `the volume is ${wanted}`, timeoutMs: READY_TIMEOUT_MS });
    const prints = (server: string, what: RegExp) =>
      until(async () => what.test(await consoleOf(server)), { what: `the guest prints ${what.source}`, timeoutMs: READY_TIMEOUT_MS });
    const attach = async (server: string) => {
      const path = `/v2.1/servers/${server}/os-volume_attachments`;
      expect(await demo.ask('compute', 'POST', path, { volumeAttachment: { volumeId } })).toMatchObject({ status: 200 });
    };
    const detach = async (server: string) => {
      expect((await demo.ask('compute', 'DELETE', `/v2.1/servers/${server}/os-volume_attachments/${volumeId}`)).status).toBe(202);
      await becomes('available');
    };
    await becomes('available');
    await attach(id);
    await prints(id, volumeWritten);
    await detach(id);
    await demo.settled(second, READY_TIMEOUT_MS);
    expect(await hostOf(second)).toBe(other);
    await attach(second);
    await prints(second, volumeRead);
    // A new guest, on the host of the first one, finds it there.
    await act(second, { shelve: null });
    await demo.settled(second, READY_TIMEOUT_MS);
    expect(await status()).toBe('reserved');
    await act(second, { unshelve: { host: await hostOf(id) } }, admin);
    await demo.settled(second, READY_TIMEOUT_MS);
    await prints(second, volumeRead);
    // The server goes without giving it back first.
    await demo.remove(second, READY_TIMEOUT_MS);
    await becomes('available');
    expect((await demo.ask('volume', 'DELETE', `/v3/volumes/${volumeId}`)).status).toBe(202);
  });

  test('is a volume made of the image, which outlives stops, a kill in the middle of the boot, and the server', {
    timeout: 400_000,
  }, async () => {
    const image = (await imageNamed('tiny')).id;
    const root = { source_type: 'image', uuid: image, destination_type: 'volume', boot_index: 0, volume_size: 1 };
    const data = { source_type: 'blank', destination_type: 'volume', volume_size: 1, delete_on_termination: true };
    const user_data = Buffer.from(volumeScript).toString('base64');
    const server = await demo.boot({ name: 'of-volume', imageRef: '', user_data, block_device_mapping_v2: [root, data] });
    await until(async () => (await demo.server(server))['OS-EXT-STS:task_state'] === 'block_device_mapping', {
      what: 'its volumes are being made',
      timeoutMs: READY_TIMEOUT_MS,
    });
    await cloud.kill9();
    await cloud.start();
    expect(await demo.settled(server, READY_TIMEOUT_MS)).toMatchObject({ status: 'ACTIVE', image: '' });
    await ready(server, 1);
    await until(async () => volumeWritten.test(await consoleOf(server)), {
      what: 'it writes to its other volume',
      timeoutMs: READY_TIMEOUT_MS,
    });
    await act(server, { 'os-stop': null });
    expect(await demo.settled(server, READY_TIMEOUT_MS)).toMatchObject({ status: 'SHUTOFF' });
    await act(server, { 'os-start': null });
    await demo.settled(server, READY_TIMEOUT_MS);
    await ready(server, 2);
    const { body } = await demo.ask('volume', 'GET', '/v3/volumes/detail');
    const of = (device: string) => body.volumes.find(({ attachments: [one] }: Body) => one?.server_id === server && one.device === device);
    expect(of('/dev/vda')).toMatchObject({ status: 'in-use', bootable: 'true', volume_image_metadata: { image_id: image } });
    const kept: string = of('/dev/vda').id;
    // A copy goes on from here, on volumes of its own.
    const { image_id: copy } = await act(server, { createImage: { name: 'volumes' } });
    await demo.settled(server, READY_TIMEOUT_MS);
    const twin = await demo.boot({ name: 'twin', imageRef: copy });
    await demo.settled(twin, READY_TIMEOUT_MS);
    await ready(twin, 3);
    await demo.remove(twin, READY_TIMEOUT_MS);
    expect((await demo.ask('image', 'DELETE', `/v2/images/${copy}`)).status).toBe(204);
    // Its snapshots and the volume that the copy booted from stay until somebody deletes them.
    for (const path of ['snapshots', 'volumes?status=available']) {
      const listed = async () => (await demo.ask('volume', 'GET', `/v3/${path}`)).body[path.split('?')[0] ?? ''];
      for (const { id: left } of await listed()) await demo.ask('volume', 'DELETE', `/v3/${path.split('?')[0]}/${left}`);
      await until(async () => (await listed()).length === 0, { what: `the ${path} are gone`, timeoutMs: 30_000 });
    }
    await demo.remove(server, READY_TIMEOUT_MS);
    const statusOf = async (id: string) => (await demo.ask('volume', 'GET', `/v3/volumes/${id}`)).body.volume?.status;
    await until(async () => (await statusOf(of('/dev/vdb').id)) === undefined, { what: 'its data are gone', timeoutMs: 30_000 });
    // Another server goes on with what the first has left.
    const again = { source_type: 'volume', uuid: kept, destination_type: 'volume', boot_index: 0, delete_on_termination: true };
    const heir = await demo.boot({ name: 'heir', imageRef: '', block_device_mapping_v2: [again] });
    await demo.settled(heir, READY_TIMEOUT_MS);
    await ready(heir, 3);
    await demo.remove(heir, READY_TIMEOUT_MS);
    await until(async () => (await statusOf(kept)) === undefined, { what: 'its volume is gone', timeoutMs: 30_000 });
  });

  test('leaves nothing behind', { timeout: 120_000 }, async () => {
    await demo.remove(id, READY_TIMEOUT_MS);
    expect(await leftovers(cloud)).toEqual([]);
    expect(await verifyCloud(cloud, { env })).toMatchObject({ status: 0, breaches: [] });
  });
});
