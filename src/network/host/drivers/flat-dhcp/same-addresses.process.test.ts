/** Networks of two tenants on one host with the same addresses, down to those of their guests: neither hears of the other. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { routed, sampleExternal, sampleNetwork, samplePort, sampleRouter, sampleRule } from '../../../network-samples.ts';
import { bridgeName, SERVING_DEVICE, tapName } from '../../device-names.ts';
import { commandSucceeds } from '../../shell/host-shell.ts';
import { servingMac } from './bridge-plan.ts';
import { type TestGuest, type TestHost, lacking, makeTestHost } from './test-host.ts';

const missing = process.env['CI'] === 'true' ? undefined : await lacking();

describe.skipIf(missing)(missing ? `skipped: ${missing} is missing` : 'networks with the same addresses', () => {
  const external = sampleExternal(40);
  const rules = [sampleRule({ direction: 'egress' }), sampleRule({ protocol: 'icmp' })];
  /** A tenant's network, with two guests and a router. */
  const tenant = (octet: number, floating: string) => {
    const network = routed({ ...sampleNetwork(octet), subnets: sampleNetwork(20).subnets });
    const ports = [5, 6].map((at) => {
      const port = samplePort(network, at, { rules });
      return { ...port, serverId: port.serverId.replace(/.{4}$/, `${octet}0${at}`) as typeof port.serverId };
    });
    const id = `00000000-0000-4000-d000-0000000000${octet}`;
    const plain = sampleRouter([network], external, { id, floatingIps: [{ address: floating, fixedIp: '10.20.0.5' }] });
    const [gateway] = [plain.gateway].flatMap((leg) => leg ?? []);
    const own = {
      portId: `${octet + 30}${gateway?.portId.slice(2)}`,
      addresses: [`172.24.40.${octet}/24`],
      macAddress: `fa:16:3e:ff:40:${octet}`,
    };
    return { network, ports, router: { ...plain, gateway: gateway ? { ...gateway, ...own } : null } };
  };
  const [east, west] = [tenant(20, '172.24.40.105'), tenant(21, '172.24.40.106')];
  const wanted = {
    networks: [east.network, west.network, external],
    ports: [...east.ports, ...west.ports],
    routers: [east.router, west.router],
  };
  let directory: string;
  let service: Server;
  let host: TestHost;
  let inEast: TestGuest[] = [];
  let inWest: TestGuest[] = [];

  const guestsOf = async ({ network, ports }: typeof east) => {
    const guests: TestGuest[] = [];
    for (const [at, port] of ports.entries()) {
      const guest = await host.guest(await host.driver.plug(port, network));
      await guest.configure(`10.20.0.${at + 5}`, '10.20.0.1');
      guests.push(guest);
    }
    return guests;
  };

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nova-same-addresses-'));
    const target = join(directory, 'metadata.sock');
    service = createServer((request, response) => response.end(request.headers['x-instance-id'])).listen(target);
    await once(service, 'listening');
    host = await makeTestHost({ metadata: { target: `unix:${target}`, secret: 's' } });
    await host.driver.converge({ networks: [], ports: [] });
    inEast = await guestsOf(east);
    inWest = await guestsOf(west);
    await host.driver.converge(wanted);
  });
  afterAll(async () => {
    await host?.cleanUp();
    service?.close();
    await rm(directory, { recursive: true, force: true });
  });

  test('guests get their addresses and reach the others of their own network only', async () => {
    expect(await host.driver.converge(wanted)).toEqual([]);
    for (const [guests, { ports }] of [
      [inEast, east],
      [inWest, west],
    ] as const) {
      expect(await guests[0]?.dhcp()).toMatchObject({ ip: '10.20.0.5' });
      expect(await guests[0]?.pings('10.20.0.6')).toBe(true);
      const { stdout } = (await guests[0]?.shell.run('ip', ['neigh', 'show', '10.20.0.6'])) ?? { stdout: '' };
      expect(stdout).toContain(ports[1]?.macAddress);
    }
    await inWest[1]?.shell.run('ip', ['link', 'set', 'eth0', 'down']);
    expect(await inEast[0]?.pings('10.20.0.6')).toBe(true);
    expect(await inWest[0]?.pings('10.20.0.6')).toBe(false);
    await inWest[1]?.shell.run('ip', ['link', 'set', 'eth0', 'up']);
    await inWest[1]?.shell.run('ip', ['route', 'add', 'default', 'via', '10.20.0.1']);
  });

  test('a connection of one network lets nothing through in the other', async () => {
    const closed = west.ports.map((port) => ({ ...port, rules: rules.slice(0, 1) }));
    const open = east.ports.map((port) => ({ ...port, rules: [...rules, sampleRule({ protocol: 'udp' })] }));
    await host.driver.updateSecurity([...open, ...closed]);
    const [a, b] = inWest;
    if (!a || !b || !inEast[0]) throw new Error('unreachable: each network has two guests');
    expect(await a.pings('10.20.0.6')).toBe(false);
    await sendUdp(inEast[0], { from: 5555, to: ['10.20.0.6', 7777] });
    // In the east this would be an answer.
    const deaf = hearsUdp(a, 5555);
    await setTimeout(1000);
    await sendUdp(b, { from: 7777, to: ['10.20.0.5', 5555] });
    expect(await deaf).toBe(false);
    await host.driver.updateSecurity(west.ports.map((port) => ({ ...port, rules: [...rules, sampleRule({ protocol: 'udp' })] })));
    const hearing = hearsUdp(a, 5555);
    await setTimeout(1000);
    await sendUdp(b, { from: 7777, to: ['10.20.0.5', 5555] });
    expect(await hearing).toBe(true);
    await host.driver.updateSecurity(wanted.ports);
  });

  test('the metadata service is told which of two guests with one address asks', async () => {
    expect(await asker(inEast[0])).toBe(east.ports[0]?.serverId);
    expect(await asker(inWest[0])).toBe(west.ports[0]?.serverId);
    expect(await asker(inWest[1])).toBe(west.ports[1]?.serverId);
  });

  test('each is reached from outside by its own floating IP, and reaches what is outside', async () => {
    expect(await host.pings('172.24.40.105')).toBe(true);
    expect(await host.pings('172.24.40.106')).toBe(true);
    expect(await inEast[1]?.pings('172.24.40.1')).toBe(true);
    expect(await inWest[1]?.pings('172.24.40.1')).toBe(true);
    await inWest[0]?.shell.run('ip', ['link', 'set', 'eth0', 'down']);
    expect(await host.pings('172.24.40.105')).toBe(true);
    expect(await host.pings('172.24.40.106')).toBe(false);
  });

  test('one goes and leaves nothing, and the other stays', async () => {
    await host.driver.converge({ networks: [east.network, external], ports: east.ports, routers: [east.router] });
    const links = (await host.shell.run('ip', ['-br', 'link'])).stdout;
    expect(links).not.toContain(bridgeName(west.network));
    expect(links).toContain(bridgeName(east.network));
    expect(await commandSucceeds(host.serving(west.network), 'ip', ['link'])).toBe(false);
    expect(await inEast[0]?.pings('10.20.0.6')).toBe(true);
    expect(await host.pings('172.24.40.105')).toBe(true);
  });

  test('a host of an earlier release, where the host itself had the addresses, is taken over without a break', async () => {
    const { network } = east;
    const bridge = bridgeName(network);
    const [guest] = inEast;
    // As it was: no namespace, the host's address on the bridge.
    await host.driver.close();
    await host.driver.tearDown();
    await host.shell.run('ip', ['link', 'add', 'name', bridge, 'address', servingMac(network.id), 'type', 'bridge']);
    await host.shell.run('ip', ['link', 'set', 'dev', bridge, 'mtu', '1400', 'alias', `nova-ts:${network.id}`, 'up']);
    await host.shell.run('ip', ['address', 'add', '10.20.0.254/24', 'dev', bridge]);
    for (const { id } of east.ports) await host.shell.run('ip', ['link', 'set', tapName(id), 'master', bridge]);
    expect(await guest?.pings('10.20.0.6')).toBe(true);
    const pinging = guest?.shell.run('busybox', ['ping', '-c', '5', '-W', '1', '10.20.0.6']);
    const next = host.newDriver();
    await next.converge({ networks: [network], ports: east.ports });
    expect((await pinging)?.stdout).toContain(' 5 packets received');
    expect(await asker(guest)).toBe(east.ports[0]?.serverId);
    expect(await guest?.dhcp()).toMatchObject({ ip: '10.20.0.5', serverid: '10.20.0.254' });
    expect((await host.shell.run('ip', ['-br', 'address', 'show', bridge])).stdout).not.toContain('10.20');
    expect((await host.serving(network).run('ip', ['-br', 'address', 'show', SERVING_DEVICE])).stdout).toContain('10.20.0.254/24');
    await next.close();
  });
});

const UDP = "const socket = require('dgram').createSocket('udp4');";

const sendUdp = (guest: TestGuest, { from, to: [address, port] }: { from: number; to: [string, number] }) =>
  guest.shell.run(process.execPath, [
    '-e',
    `${UDP} socket.bind(${from}, () => socket.send('hello', ${port}, '${address}', () => socket.close()))`,
  ]);

/** Whether a datagram comes to the port within a few seconds. */
const hearsUdp = async (guest: TestGuest, port: number): Promise<boolean> => {
  const wait = `${UDP} socket.once('message', (text) => { console.log(String(text)); process.exit(); }); socket.bind(${port}); setTimeout(process.exit, 4000)`;
  return (await guest.shell.run(process.execPath, ['-e', wait])).stdout === 'hello\n';
};

/** The server that the metadata service is told of. */
const asker = async (guest: TestGuest | undefined) =>
  (await guest?.shell.run('busybox', ['timeout', '3', 'busybox', 'wget', '-q', '-O', '-', 'http://169.254.169.254/']))?.stdout;
