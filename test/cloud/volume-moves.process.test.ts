/**
 * A real guest writes to a volume, a line at a time, while its server goes from host to host in every way: no line is lost, and no two hosts
 * write to it.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { privateHostRequirements } from '../../src/virt/libvirt/private-host/requirements.ts';
import { rosterOf } from '../chaos/roster.ts';
import { leftovers } from '../support/books.ts';
import { type Cloud, startCloud } from '../support/cloud.ts';
import type { CloudClient } from '../support/cloud-client.ts';
import { type Rabbitmq, rabbitmqMissing, startRabbitmq } from '../support/rabbitmq.ts';
import { realHost } from '../support/real-host.ts';
import { until } from '../support/until.ts';
import { verifyCloud } from '../support/verify-cloud.ts';
import { foundIn, writerScript, writesIn } from '../support/volume-in-guest.ts';

const WAIT_MS = 120_000;
const GIB_IN_SECTORS = 1024 ** 3 / 512;
const requirements = await privateHostRequirements();
const missing = process.env['CI'] === 'true' ? undefined : (rabbitmqMissing() ?? (requirements.ok ? undefined : requirements.missing));

const otherThan = (host: string) => (host === 'hv-1' ? 'hv-2' : 'hv-1');

describe.skipIf(missing !== undefined)(
  `a real guest that writes to a volume${missing ? ` (${missing})` : ''}`,
  { timeout: 300_000 },
  () => {
    let rabbitmq: Rabbitmq;
    let cloud: Cloud;
    let demo: CloudClient;
    let admin: CloudClient;
    let env: Readonly<Record<string, string>>;
    let id: string;
    let volumeId: string;

    beforeAll(async () => {
      rabbitmq = await startRabbitmq();
      const services = [...(await rosterOf({ apis: 1, conductors: 1, schedulers: 1, hosts: 2, guests: 'real' }))];
      env = { NOVA_TRANSPORT_URL: rabbitmq.url, NOVA_VIRT_DRIVER: 'libvirt', NOVA_LIBVIRT_DAEMON: 'private' };
      cloud = await startCloud({ services, env });
      [demo, admin] = await Promise.all([cloud.demo(), cloud.admin()]);
      id = await demo.boot({ name: 'writer', user_data: Buffer.from(writerScript).toString('base64') });
      volumeId = (await demo.ask('volume', 'POST', '/v3/volumes', { volume: { size: 1 } })).body.volume.id;
      await demo.settled(id, WAIT_MS);
      await until(async () => (await volume()).status === 'available', { what: 'the volume is there', timeoutMs: WAIT_MS });
      const path = `/v2.1/servers/${id}/os-volume_attachments`;
      expect(await demo.ask('compute', 'POST', path, { volumeAttachment: { volumeId } })).toMatchObject({ status: 200 });
      await goesOn();
    }, 300_000);
    afterAll(async () => {
      await cloud?.destroy();
      await rabbitmq?.stop();
    });

    const at = { 'openstack-api-version': 'compute 2.94' };
    const act = async (body: object, server = id) =>
      expect(await admin.ask('compute', 'POST', `/v2.1/servers/${server}/action`, body, at)).toMatchObject({
        status: expect.toBeOneOf([200, 202, 204]),
      });
    const volume = async () => (await admin.ask('volume', 'GET', `/v3/volumes/${volumeId}`)).body.volume;
    const hostOf = async (): Promise<string> => (await admin.server(id))['OS-EXT-SRV-ATTR:host'];
    const consoleOf = async (): Promise<string> =>
      (await demo.ask('compute', 'POST', `/v2.1/servers/${id}/action`, { 'os-getConsoleOutput': {} })).body.output ?? '';
    const lastLine = async () => writesIn(await consoleOf()).at(-1)?.wrote ?? 0;
    const sectors = async () => writesIn(await consoleOf()).at(-1)?.sectors;

    /** Waits until the guest has written a few more lines, and reads all that it ever wrote. */
    const goesOn = async (from = 0) => {
      const before = Math.max(from, await lastLine());
      await until(async () => (await lastLine()) > before + 3, { what: `the guest writes more than ${before} lines`, timeoutMs: WAIT_MS });
      for (const { wrote, reads } of writesIn(await consoleOf())) expect(reads).toBe(wrote);
    };
    /** Waits until a guest that has booted here found this many lines or more, and writes on. */
    const boots = async (found: number) => {
      await until(async () => (foundIn(await consoleOf()).at(-1) ?? 0) >= found, {
        what: `the guest finds ${found} lines`,
        timeoutMs: WAIT_MS,
      });
      await goesOn(found);
    };
    /** One host has the volume, by one attachment that is all there is. */
    const isAttachedTo = async (host: string) => {
      expect(await hostOf()).toBe(host);
      const { attachments, status } = await volume();
      expect([status, attachments.map((one: { host_name: string }) => one.host_name)]).toEqual(['in-use', [host]]);
      const listed = await admin.ask('compute', 'GET', `/v2.1/servers/${id}/os-volume_attachments/${volumeId}`, undefined, at);
      expect(listed.body.volumeAttachment.attachment_id).toBe(attachments[0].attachment_id);
    };

    test('writes on while it is moved, and is cut from the host that it left', async () => {
      const source = await hostOf();
      await act({ 'os-migrateLive': { host: null, block_migration: 'auto' } });
      expect(await admin.settled(id, WAIT_MS)).toMatchObject({ status: 'ACTIVE', 'OS-EXT-STS:power_state': 1 });
      await goesOn();
      await isAttachedTo(otherThan(source));
      expect(await realHost(cloud, source).remains()).toEqual([]);
    });

    test('sees at once what is added to its volume, and goes on with that where it is moved', async () => {
      const extend = { 'openstack-api-version': 'volume 3.42' };
      const body = { 'os-extend': { new_size: 2 } };
      expect((await demo.ask('volume', 'POST', `/v3/volumes/${volumeId}/action`, body, extend)).status).toBe(202);
      await until(async () => (await sectors()) === 2 * GIB_IN_SECTORS, { what: 'the guest sees it', timeoutMs: WAIT_MS });
      await goesOn();
      const source = await hostOf();
      await act({ 'os-migrateLive': { host: null, block_migration: 'auto' } });
      expect(await admin.settled(id, WAIT_MS)).toMatchObject({ status: 'ACTIVE', 'OS-EXT-STS:power_state': 1 });
      await goesOn();
      expect(await sectors()).toBe(2 * GIB_IN_SECTORS);
      await isAttachedTo(otherThan(source));
    });

    test('finds on the other host what it wrote, and back again; a confirmed one stays there', async () => {
      const source = await hostOf();
      for (const end of [{ revertResize: null }, { confirmResize: null }]) {
        const found = await lastLine();
        await act({ migrate: null });
        expect(await admin.settled(id, WAIT_MS)).toMatchObject({ status: 'VERIFY_RESIZE' });
        await boots(found);
        await isAttachedTo(otherThan(source));
        const later = await lastLine();
        await act(end);
        expect(await admin.settled(id, WAIT_MS)).toMatchObject({ status: 'ACTIVE' });
        if ('revertResize' in end) await boots(later);
        await isAttachedTo('revertResize' in end ? source : otherThan(source));
      }
      expect(await realHost(cloud, source).remains()).toEqual([]);
    });

    test('is cut from its volume before the one that takes its place writes, though its host only seemed dead', async () => {
      const source = await hostOf();
      // Its host tells what it writes, and is not there to be asked later.
      const found = await lastLine();
      await cloud.kill9(`compute-${source.slice(-1)}`);
      const { body } = await admin.ask('compute', 'GET', '/v2.1/os-services?binary=nova-compute', undefined, at);
      const service = body.services.find((one: { host: string }) => one.host === source).id;
      const force = async (forced_down: boolean) =>
        expect(await admin.ask('compute', 'PUT', `/v2.1/os-services/${service}`, { forced_down }, at)).toMatchObject({ status: 200 });
      await force(true);
      expect(await realHost(cloud, source).guests()).toHaveLength(1);
      await act({ evacuate: {} });
      expect(await admin.settled(id, WAIT_MS)).toMatchObject({ status: 'ACTIVE' });
      await boots(found);
      await isAttachedTo(otherThan(source));
      expect(await verifyCloud(cloud, { env })).toMatchObject({ status: 0, breaches: [] });
      await force(false);
      await cloud.start();
      await until(async () => (await realHost(cloud, source).remains()).length === 0, {
        what: 'its old host has forgotten it',
        timeoutMs: WAIT_MS,
      });
      await goesOn();
    });

    test('has a neighbour that boots from a volume, and goes along with it, running and off', async () => {
      const [image] = (await demo.ask('image', 'GET', '/v2/images?name=tiny')).body.images;
      const made = {
        boot_index: 0,
        source_type: 'image',
        destination_type: 'volume',
        volume_size: 1,
        uuid: image.id,
        delete_on_termination: true,
      };
      const boots = async (server: string) => {
        const { body } = await demo.ask('compute', 'POST', `/v2.1/servers/${server}/action`, { 'os-getConsoleOutput': {} });
        return [...String(body.output ?? '').matchAll(/boots=(\d+)|ALIVE (\d+)/g)].map(([, boot, alive]) => ({
          boot,
          alive: Number(alive ?? 0),
        }));
      };
      const alive = `#!/bin/sh
grep -q ALIVE /etc/rc || echo '(n=0; while :; do n=$((n+1)); echo $n >/root/n; sync; echo "ALIVE $(cat /root/n)" >/dev/ttyS0; sleep 1; done) &' >>/etc/rc
`;
      const server = await demo.boot({ imageRef: '', block_device_mapping_v2: [made], user_data: Buffer.from(alive).toString('base64') });
      await admin.settled(server, WAIT_MS);
      const lives = async (boot: string) => {
        await until(async () => (await boots(server)).findLast((one) => one.boot !== undefined)?.boot === boot, {
          what: `it boots for the ${boot}th time`,
          timeoutMs: WAIT_MS,
        });
        const before = (await boots(server)).length;
        await until(async () => (await boots(server)).length > before + 2, { what: 'it writes to its disk', timeoutMs: WAIT_MS });
      };
      await lives('1');
      const source = (await admin.server(server))['OS-EXT-SRV-ATTR:host'];
      await act({ 'os-migrateLive': { host: null, block_migration: 'auto' } }, server);
      expect(await admin.settled(server, WAIT_MS)).toMatchObject({ status: 'ACTIVE', 'OS-EXT-SRV-ATTR:host': otherThan(source) });
      await lives('1');
      await act({ migrate: null }, server);
      expect(await admin.settled(server, WAIT_MS)).toMatchObject({ status: 'VERIFY_RESIZE', 'OS-EXT-SRV-ATTR:host': source });
      await lives('2');
      await act({ confirmResize: null }, server);
      expect(await admin.settled(server, WAIT_MS)).toMatchObject({ status: 'ACTIVE' });
      await demo.remove(server, WAIT_MS);
    });

    test('leaves nothing behind', async () => {
      await demo.remove(id, WAIT_MS);
      await until(async () => (await volume()).status === 'available', { what: 'the volume is free', timeoutMs: WAIT_MS });
      expect((await demo.ask('volume', 'DELETE', `/v3/volumes/${volumeId}`)).status).toBe(202);
      await until(async () => (await volume()) === undefined, { what: 'the volume is gone', timeoutMs: WAIT_MS });
      expect(await leftovers(cloud)).toEqual([]);
      expect(await verifyCloud(cloud, { env })).toMatchObject({ status: 0, breaches: [] });
    });
  },
);
