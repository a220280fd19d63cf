import { chmod, readFile, writeFile } from 'node:fs/promises';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/lib/clock/clock.ts';
import { privateHostRequirements } from '../../src/virt/libvirt/private-host/requirements.ts';
import { leftovers } from '../support/books.ts';
import { missingBrowser, startBrowser } from '../support/browser.ts';
import { type Cloud, startCloud } from '../support/cloud.ts';
import type { CloudClient } from '../support/cloud-client.ts';
import { consoleUrl, view } from '../support/console-viewer.ts';
import { type RealHost, realHost } from '../support/real-host.ts';
import { proxyToConsole } from '../support/direct-proxy.ts';
import { lightPixelsIn, readPpm } from '../support/picture.ts';
import { until } from '../support/until.ts';
import { missingClients, startXScreen } from '../support/x-screen.ts';

const HOST = 'hv';
const READY_TIMEOUT_MS = 90_000;
const requirements = await privateHostRequirements();
const missing = requirements.ok || process.env['CI'] === 'true' ? undefined : requirements.missing;

/** How many pixels of the page's screen are light. */
const LIGHT_PIXELS = `(() => {
  const canvas = document.querySelector('canvas');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let light = 0;
  for (let at = 0; at < data.length; at += 4) if (data[at + 1] > 0x60) light += 1;
  return light;
})()`;
/** A prompt has fewer light pixels. */
const FEW_PIXELS = 1_000;

/** The `name=value` words of a GUEST-READY line. */
const fieldsOf = (line = ''): Record<string, string | undefined> => Object.fromEntries(line.split(' ').map((word) => word.split('=')));

describe.skipIf(missing !== undefined)(`a real guest${missing ? ` (${missing})` : ''}`, () => {
  let cloud: Cloud;
  let demo: CloudClient;
  let host: RealHost;
  /** One guest for all tests: software emulation is slow. */
  let id: string;
  let address: string;
  let networkId: string;

  beforeAll(async () => {
    cloud = await startCloud({
      env: { NOVA_VIRT_DRIVER: 'libvirt', NOVA_LIBVIRT_DAEMON: 'private', NOVA_HOST: HOST },
      config: '[spice]\nenabled = true\n',
    });
    demo = await cloud.demo();
    host = realHost(cloud, HOST);
    const made = await demo.ask('compute', 'POST', '/v2.1/os-keypairs', { keypair: { name: 'mine' } });
    await writeFile(keyFile(), made.body.keypair.private_key);
    await chmod(keyFile(), 0o600);
    id = await demo.boot({ name: 'guest', key_name: 'mine' });
  }, 180_000);
  afterAll(() => cloud?.destroy());

  const keyFile = () => join(cloud.stateDir, 'mine.pem');
  const consoleOf = async (server: string): Promise<string> => {
    const { body } = await demo.ask('compute', 'POST', `/v2.1/servers/${server}/action`, { 'os-getConsoleOutput': {} });
    return body.output ?? '';
  };
  const readyLines = async (server: string) => (await consoleOf(server)).split(/\r?\n/).filter((line) => line.startsWith('GUEST-READY'));
  const ready = (server: string) =>
    until(async () => (await readyLines(server)).length > 0, { what: 'the guest says GUEST-READY', timeoutMs: READY_TIMEOUT_MS });
  const answersOn = async (port: number) =>
    (await host.near(networkId, 'timeout', '3', 'bash', '-c', `exec 3<>/dev/tcp/${address}/${port} && head -c 4 <&3`)) !== undefined;

  test('boots, gets its own address by DHCP and its name from the metadata service', async () => {
    const server = await demo.settled(id, READY_TIMEOUT_MS);
    expect(server).toMatchObject({ status: 'ACTIVE', 'OS-EXT-STS:power_state': 1 });
    address = server.addresses.private[0].addr;
    const ports = await demo.ask('network', 'GET', `/v2.0/ports?device_id=${id}`);
    networkId = ports.body.ports[0]?.network_id;
    expect(ports.body.ports).toEqual([expect.objectContaining({ fixed_ips: [expect.objectContaining({ ip_address: address })] })]);
    await ready(id);
    const fields = fieldsOf((await readyLines(id))[0]);
    expect(fields).toMatchObject({ metadata: 'service', boots: '1' });
    expect(fields['hostname']).toMatch(/^guest\b/);
    expect(fields['ip']?.split('/')[0]).toBe(address);
  });

  test('is unreachable until its security group allows it', async () => {
    expect(await answersOn(22)).toBe(false);
    const groups = await demo.ask('network', 'GET', '/v2.0/security-groups?name=default');
    const rule = { security_group_id: groups.body.security_groups[0].id, direction: 'ingress', protocol: 'tcp' };
    const made = await demo.ask('network', 'POST', '/v2.0/security-group-rules', {
      security_group_rule: { ...rule, ethertype: 'IPv4', port_range_min: 22, port_range_max: 22 },
    });
    expect(made).toMatchObject({ status: 201 });
    await until(() => answersOn(22), { what: 'the guest answers on port 22', timeoutMs: 20_000 });
  });

  test.skipIf(!existsSync('/usr/bin/ssh'))('accepts a login with the injected key', async () => {
    const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'BatchMode=yes', 'ConnectTimeout=10'];
    const ssh = [...options.flatMap((option) => ['-o', option]), '-i', keyFile(), `root@${address}`, 'hostname'];
    expect(await host.near(networkId, 'ssh', ...ssh)).toMatch(/^guest\b/);
  });

  test.skipIf(!existsSync('/usr/bin/ssh'))('is reached by nova-ts ssh, which passes on its output and exit status', async () => {
    const program = join(import.meta.dirname, '..', '..', 'bin', 'nova-ts');
    const { PATH, HOME } = process.env;
    const ssh = (...args: string[]) =>
      spawnSync(program, ['ssh', '-i', keyFile(), ...args], { env: { PATH, HOME, NOVA_STATE_DIR: cloud.stateDir }, encoding: 'utf8' });
    expect(ssh('guest', '--', 'hostname; exit 7')).toMatchObject({ status: 7, stdout: expect.stringMatching(/^guest\b/) });
    expect(ssh(id, '--', 'true')).toMatchObject({ status: 0, stderr: '' });
    expect(ssh(id, '--', 'kill -9 $$')).toMatchObject({ status: 255, stderr: '' });
    // Fault 2026-11 C13.
    expect(ssh(id, '--', 'cat /etc/resolv.conf')).toMatchObject({ status: 0, stdout: 'search novalocal\n' });
    expect(ssh(id, '--', 'wget -qT5 -O - http://169.254.169.254/latest/meta-data/hostname')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^guest\b/),
      stderr: '',
    });
    expect(ssh(id, '--', '(sleep 9 | nc -l -p 99) >/dev/null 2>&1 & sleep 1; wget -T 1 -q -O - http://127.0.0.1:99/')).toMatchObject({
      status: 1,
      stderr: 'wget: download timed out\n',
    });
    expect(ssh('-l', 'nobody', id, '--', 'true')).toMatchObject({ status: 255, stderr: expect.stringContaining('nova-ts ssh: no login') });
    expect(ssh('guess')).toMatchObject({ status: 1, stderr: 'nova-ts: there is no server with the name or id guess\n' });
  });

  test.skipIf(!existsSync('/usr/bin/ssh'))('is given a password by its owner, and tells its owner one that it chose itself', async () => {
    const program = join(import.meta.dirname, '..', '..', 'bin', 'nova-ts');
    const { PATH, HOME } = process.env;
    const inside = (command: string) =>
      spawnSync(program, ['ssh', '-i', keyFile(), id, '--', command], {
        env: { PATH, HOME, NOVA_STATE_DIR: cloud.stateDir },
        encoding: 'utf8',
      }).stdout;
    const before = inside('grep ^root: /etc/shadow');
    await demo.ask('compute', 'POST', `/v2.1/servers/${id}/action`, { changePassword: { adminPass: 'a new one' } });
    expect(await demo.settled(id, READY_TIMEOUT_MS)).toMatchObject({ status: 'ACTIVE' });
    const { body } = await demo.ask('compute', 'GET', `/v2.1/servers/${id}/os-instance-actions`);
    expect(body.instanceActions[0]).toMatchObject({ action: 'changePassword', message: null });
    const after = inside('grep ^root: /etc/shadow');
    expect([before, after]).toEqual([expect.stringMatching(/^root:\$6\$/), expect.stringMatching(/^root:\$6\$/)]);
    expect(after).not.toBe(before);
    const post = String.raw`(printf 'POST /openstack/latest/password HTTP/1.0\r\nContent-Length: 9\r\n\r\nencrypted'; sleep 2) | nc 169.254.169.254 80`;
    expect([inside(post), inside(post)]).toEqual([expect.stringMatching(/^HTTP\/1.1 200/), expect.stringMatching(/^HTTP\/1.1 409/)]);
    const kept = await demo.ask('compute', 'GET', `/v2.1/servers/${id}/os-server-password`);
    expect(kept).toMatchObject({ status: 200, body: { password: 'encrypted' } });
  });

  test.skipIf(!existsSync('/usr/bin/ssh'))(
    'reaches what is outside, and is reached by a floating IP until that leads nowhere',
    async () => {
      const program = join(import.meta.dirname, '..', '..', 'bin', 'nova-ts');
      const { PATH, HOME } = process.env;
      const inGuest = (command: string) =>
        spawnSync(program, ['ssh', '-i', keyFile(), id, '--', command], { env: { PATH, HOME, NOVA_STATE_DIR: cloud.stateDir } }).status;
      // The external network's gateway, and behind that the machine's end of the link to the host.
      const [, machine = ''] = /default via (\S+)/.exec((await host.inside('ip', 'route')) ?? '') ?? [];
      await until(async () => inGuest('ping -c 1 -W 1 172.24.4.1') === 0, { what: 'the guest gets out', timeoutMs: 20_000 });
      expect(inGuest(`ping -c 1 -W 1 ${machine}`)).toBe(0);
      const { body: external } = await demo.ask('network', 'GET', '/v2.0/networks?name=public');
      const { body: ports } = await demo.ask('network', 'GET', `/v2.0/ports?device_id=${id}`);
      const wanted = { floating_network_id: external.networks[0].id, port_id: ports.ports[0].id };
      const { body } = await demo.ask('network', 'POST', '/v2.0/floatingips', { floatingip: wanted });
      const { id: floatingId, floating_ip_address: floating } = body.floatingip;
      const answers = () => host.inside('timeout', '3', 'bash', '-c', `exec 3<>/dev/tcp/${floating}/22 && head -c 4 <&3`);
      await until(async () => (await answers()) !== undefined, { what: 'the floating IP leads to the guest', timeoutMs: 20_000 });
      const shown = async () => (await demo.settled(id)).addresses.private.map((one: { addr: string }) => one.addr);
      await until(async () => (await shown()).includes(floating), { what: 'the server shows it', timeoutMs: 20_000 });
      await demo.ask('network', 'PUT', `/v2.0/floatingips/${floatingId}`, { floatingip: { port_id: null } });
      await until(async () => (await answers()) === undefined, { what: 'it leads nowhere', timeoutMs: 20_000 });
      expect((await demo.ask('network', 'DELETE', `/v2.0/floatingips/${floatingId}`)).status).toBe(204);
    },
  );

  test('answers a ping of its host once the rules of its group let it', async () => {
    const isAlive = async () => (await demo.ask('compute', 'GET', `/v2.1/os-fping/${id}`)).body.server.alive;
    expect(await isAlive()).toBe(false);
    const { body: ports } = await demo.ask('network', 'GET', `/v2.0/ports?device_id=${id}`);
    const rule = { security_group_id: ports.ports[0].security_groups[0], direction: 'ingress', ethertype: 'IPv4', protocol: 'icmp' };
    expect((await demo.ask('network', 'POST', '/v2.0/security-group-rules', { security_group_rule: rule })).status).toBe(201);
    await until(isAlive, { what: 'the guest answers', timeoutMs: 20_000 });
  });

  test('has its port forwarded by nova-ts forward, for several clients, until that is stopped', async () => {
    const program = join(import.meta.dirname, '..', '..', 'bin', 'nova-ts');
    const { PATH, HOME } = process.env;
    const forward = (...args: string[]) =>
      spawn(program, ['forward', 'guest', ...args], { env: { PATH, HOME, NOVA_STATE_DIR: cloud.stateDir } });
    const forwarding = forward('22', '0');
    const [line] = await once(forwarding.stdout, 'data');
    const port = Number(/^127\.0\.0\.1:(\d+) leads to port 22 of guest/.exec(String(line))?.[1]);
    const greeting = async () => {
      const client = connect(port, '127.0.0.1');
      const [said] = await once(client, 'data');
      client.destroy();
      return String(said).slice(0, 4);
    };
    expect(await Promise.all([greeting(), greeting(), greeting()])).toEqual(['SSH-', 'SSH-', 'SSH-']);
    const taken = forward('22', String(port));
    expect(await text(taken.stderr)).toContain(`port ${port} of this machine cannot be had (EADDRINUSE): name another one`);
    forwarding.kill('SIGTERM');
    expect(await once(forwarding, 'exit')).toEqual([0, null]);
    await expect(greeting()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('is used on its serial port in a browser, by several viewers, while its console log is written on', async () => {
    const [one, other] = [view(await consoleUrl(demo, id, 'serial', 'serial')), view(await consoleUrl(demo, id, 'serial', 'serial'))];
    one.send('\r');
    await one.reads('login: ', 20_000);
    one.send('somebody\r');
    await one.reads('somebody');
    await other.reads('somebody');
    await until(async () => (await consoleOf(id)).includes('somebody'), { what: 'the console log has it, too', timeoutMs: 10_000 });
    one.close();
    other.send('\r');
    await other.reads('\n');
    other.close();
    await other.ended;
    // Nobody holds the port now, so that it can be opened again.
    const again = view(await consoleUrl(demo, id, 'serial', 'serial'));
    again.send('\r');
    await again.reads('\n', 20_000);
    again.close();
  });

  test('shows its screen over VNC, by a socket that no network reaches', async () => {
    const screen = view(await consoleUrl(demo, id, 'vnc', 'novnc'));
    await screen.reads('RFB 003.008\n');
    screen.send('RFB 003.008\n');
    await screen.reads('\x01\x01');
    screen.send(Buffer.from([1, 1]));
    await screen.reads('QEMU');
    screen.close();
  });

  test.skipIf(missingBrowser !== undefined).each([
    ['VNC', 'vnc', 'novnc'],
    ['SPICE', 'spice', 'spice-html5'],
  ])('takes a login and answers on its screen over %s, in a browser, by pixels', async (_, protocol, kind) => {
    await ready(id);
    await demo.ask('compute', 'POST', `/v2.1/servers/${id}/action`, { changePassword: { adminPass: 'typed' } });
    await demo.settled(id);
    const browser = await startBrowser();
    onTestFinished(() => browser.close());
    const page = await browser.open(await consoleUrl(demo, id, protocol, kind));
    await page.shows(`(document.querySelector('canvas')?.width ?? 0) >= 640`, 'the page shows the screen');
    await page.evaluate(`document.querySelector('canvas').focus()`);
    const light = async () => Number(await page.evaluate(LIGHT_PIXELS));
    /** Types, and waits until the picture has as many light pixels. */
    const type = async (text: string, isSo: (now: number) => boolean) => {
      await page.type(text, 100);
      await expect.poll(async () => isSo(await light()), { timeout: 30_000 }).toBe(true);
    };
    /** Only a shell clears the screen. A login that met no prompt yet is refused after some seconds, and tried again. */
    const logsIn = async () => {
      for (const text of ['root\r', 'typed\r', 'clear\r']) {
        await page.type(text, 100);
        await systemClock.sleep(4_000);
      }
      return (await light()) < FEW_PIXELS;
    };
    await until(async () => (await light()) > 0, { what: 'it is drawn', timeoutMs: 20_000 });
    await until(logsIn, { what: 'the shell clears the screen', timeoutMs: 80_000 });
    await type('seq 100000 100200\r', (now) => now > 4 * FEW_PIXELS);
    await type('clear\r', (now) => now < FEW_PIXELS);
    // The prompt for the next login.
    await type('exit\r', (now) => now > FEW_PIXELS);
  });

  test.skipIf(missingClients !== undefined)("shows the same screen to the distribution's clients of SPICE and VNC", async () => {
    const admin = await cloud.admin();
    const portOf = async (protocol: string, kind: string) => {
      const proxy = await proxyToConsole(admin, id, protocol, kind);
      onTestFinished(() => proxy.close());
      return proxy.port;
    };
    const screen = await startXScreen();
    onTestFinished(() => screen.close());
    const seen = async () => lightPixelsIn(await screen.picture());
    expect(await seen()).toBe(0);
    const [file, uri] = [join(cloud.stateDir, 'screen.ppm'), `spice://127.0.0.1:${await portOf('spice', 'spice-direct')}`];
    await promisify(execFile)('spicy-screenshot', ['--uri', uri, '--out-file', file], { timeout: 30_000 });
    const shown = lightPixelsIn(readPpm(await readFile(file)));
    expect(shown).toBeGreaterThan(100);
    screen.run('xtigervncviewer', `127.0.0.1::${await portOf('vnc', 'novnc')}`);
    // The cursor blinks.
    const isSame = async () => Math.abs((await seen()) - shown) < 50;
    await until(isSame, { what: `TigerVNC draws ${shown} light pixels`, timeoutMs: 30_000 });
  });

  test('gets another network card while it runs, with an address of its own, and loses it again', async () => {
    const url = `/v2.1/servers/${id}/os-interface`;
    const [{ net_id }] = (await demo.ask('compute', 'GET', url)).body.interfaceAttachments;
    const attached = await demo.ask('compute', 'POST', url, { interfaceAttachment: { net_id } });
    expect(attached).toMatchObject({ status: 200, body: { interfaceAttachment: { net_id, port_state: 'ACTIVE' } } });
    const { port_id, fixed_ips } = attached.body.interfaceAttachment;
    const sees = (line: string) => async () => (await consoleOf(id)).split(/\r?\n/).includes(line);
    const hasCard = sees(`GUEST-CARD eth1 ip=${fixed_ips[0].ip_address}/24`);
    await until(hasCard, { what: 'the guest has an address on its new card', timeoutMs: READY_TIMEOUT_MS });
    expect(await demo.ask('compute', 'DELETE', `${url}/${port_id}`)).toMatchObject({ status: 202 });
    await until(sees('GUEST-CARD eth1 gone'), { what: 'the guest has lost the card', timeoutMs: READY_TIMEOUT_MS });
    const isGone = async () => (await demo.ask('compute', 'GET', url)).body.interfaceAttachments.length === 1;
    await until(isGone, { what: 'the port is gone', timeoutMs: 20_000 });
    expect(await demo.ask('network', 'GET', `/v2.0/ports/${port_id}`)).toMatchObject({ status: 404 });
  });

  test('outlives an orderly restart of the cloud', async () => {
    const before = await host.guests();
    await cloud.restart();
    expect(await host.guests()).toEqual(before);
    expect(await demo.settled(id)).toMatchObject({ status: 'ACTIVE', 'OS-EXT-STS:power_state': 1 });
    expect((await readyLines(id)).map((line) => fieldsOf(line)['boots'])).toEqual(['1']);
    expect(await answersOn(22)).toBe(true);
  });

  test('stops and starts: the second boot is on the same disk', async () => {
    const act = (body: object) => demo.ask('compute', 'POST', `/v2.1/servers/${id}/action`, body);
    await act({ 'os-stop': null });
    expect(await demo.settled(id, READY_TIMEOUT_MS)).toMatchObject({ status: 'SHUTOFF' });
    expect(await host.guests()).toEqual([]);
    await act({ 'os-start': null });
    expect(await demo.settled(id)).toMatchObject({ status: 'ACTIVE' });
    const isBack = async () => fieldsOf((await readyLines(id)).at(-1))['boots'] === '2';
    await until(isBack, { what: 'the guest has booted twice', timeoutMs: READY_TIMEOUT_MS });
  });

  test('is rebuilt from another image under its id and address, on a disk of its own', async () => {
    const { body: images } = await demo.ask('image', 'GET', '/v2/images?name=tiny');
    const [tiny] = images.images;
    const data = await fetch(`${cloud.url('image')}/v2/images/${tiny.id}/file`, { headers: { 'x-auth-token': demo.token } });
    const { disk_format, container_format, kernel_id, ramdisk_id } = tiny;
    const parts = kernel_id ? { kernel_id, ramdisk_id } : {};
    const made = await demo.ask('image', 'POST', '/v2/images', { name: 'another', disk_format, container_format, ...parts });
    const other: string = made.body.id;
    await fetch(`${cloud.url('image')}/v2/images/${other}/file`, {
      method: 'PUT',
      headers: { 'x-auth-token': demo.token, 'content-type': 'application/octet-stream' },
      body: await data.arrayBuffer(),
    });
    const rebuild = { imageRef: other, name: 'rebuilt' };
    expect((await demo.ask('compute', 'POST', `/v2.1/servers/${id}/action`, { rebuild })).status).toBe(202);
    expect(await demo.settled(id, READY_TIMEOUT_MS)).toMatchObject({ status: 'ACTIVE', id, name: 'rebuilt', image: { id: other } });
    await ready(id);
    const fields = fieldsOf((await readyLines(id)).at(-1));
    expect(fields['boots']).toBe('1');
    expect(fields['ip']?.split('/')[0]).toBe(address);
    await until(() => answersOn(22), { what: 'the rebuilt guest answers on port 22', timeoutMs: READY_TIMEOUT_MS });
    // This image does not say that its guests have an agent.
    const refused = await demo.ask('compute', 'POST', `/v2.1/servers/${id}/action`, { changePassword: { adminPass: 'x' } });
    expect(refused).toMatchObject({ status: 409, body: { conflictingRequest: { message: 'QEMU guest agent is not enabled' } } });
  });

  test('boots interrupted by the death of the cloud end ACTIVE or ERROR, without leftovers', async () => {
    await demo.remove(id);
    const ids: string[] = [];
    for (const pauseMs of [300, 300, 600]) {
      ids.push(await demo.boot({ name: 'half' }));
      await systemClock.sleep(pauseMs);
    }
    await cloud.kill9();
    await cloud.start();
    for (const half of ids) {
      const server = await demo.settled(half, READY_TIMEOUT_MS);
      expect(['ACTIVE', 'ERROR']).toContain(server.status);
      if (server.status === 'ERROR') expect(server.fault.message).toMatch(/\w+/);
    }
    await Promise.all(ids.map((half) => demo.remove(half)));
    expect(await leftovers(cloud)).toEqual([]);
    expect(await host.remains()).toEqual([]);
  });

  test('ends with a clean stop', async () => {
    await cloud.stop();
  });
});
