/** What goes through a router: guests out, the outside in by floating IPs, and what stops when these go. */
import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bridgeName } from '../../device-names.ts';
import type { HostRouter } from '../../host-router.ts';
import { routed, sampleExternal, sampleNetwork, samplePort, sampleRouter, sampleRule } from '../../../network-samples.ts';
import { hostShell } from '../../shell/host-shell.ts';
import { pidsWithArgument } from './daemon-process.ts';
import { canonical, linkLocal } from './ip-text.ts';
import { type TestGuest, type TestHost, lacking, makeTestHost } from './test-host.ts';

const missing = process.env['CI'] === 'true' ? undefined : await lacking();

/** What a guest hears at a port of the floating IP whose ports are forwarded. */
async function hears(from: TestGuest, port: number): Promise<string> {
  const tries = `for i in 1 2 3; do busybox nc -w 2 172.24.40.103 ${port} </dev/null && break; sleep 0.3; done`;
  const heard = await hostShell({ netns: from.netns })
    .run('sh', ['-c', tries])
    .catch(() => ({ stdout: '' }));
  return heard.stdout.trim();
}

describe.skipIf(missing)(missing ? `skipped: ${missing} is missing` : 'guests behind a router', () => {
  const [network, other, external] = [routed(sampleNetwork(20)), routed(sampleNetwork(21)), sampleExternal(40)];
  const rules = [sampleRule({ direction: 'egress' }), sampleRule({ protocol: 'icmp' })];
  const [a, b] = [samplePort(network, 11, { rules }), samplePort(other, 12, { rules })];
  let host: TestHost;
  let guestA: TestGuest;
  let guestB: TestGuest;
  let outside: TestGuest;
  const carry = (router: Partial<HostRouter> = {}) =>
    host.driver.converge({
      networks: [network, other, external],
      ports: [a, b],
      routers: [sampleRouter([network, other], external, router)],
    });
  const floatingIps = [
    { address: '172.24.40.101', fixedIp: '10.20.0.11' },
    { address: '172.24.40.102', fixedIp: '10.21.0.12' },
  ];
  /** The neighbours that a machine outside has learnt of: whoever sent it something. */
  const neighbours = async () => (await outside.shell.run('ip', ['neigh', 'show'])).stdout;

  beforeAll(async () => {
    host = await makeTestHost();
    await carry();
    guestA = await host.guest(await host.driver.plug(a, network));
    guestB = await host.guest(await host.driver.plug(b, other));
    await guestA.configure('10.20.0.11', '10.20.0.1');
    await guestB.configure('10.21.0.12', '10.21.0.1');
    // A machine outside: on the wire of the external network, with no route to the guests' own addresses.
    const tap = `out${randomBytes(3).toString('hex')}`;
    outside = await host.guest({
      kind: 'bridge',
      portId: a.id,
      bridge: bridgeName(external),
      tap,
      macAddress: '02:00:00:00:00:99',
      mtu: 1400,
    });
    await outside.shell.run('ip', ['address', 'add', '172.24.40.200/24', 'dev', 'eth0']);
  });
  afterAll(() => host?.cleanUp());

  test('reach each other, what is outside, and their metadata', async () => {
    expect(await guestA.pings('10.21.0.12')).toBe(true);
    expect(await guestA.pings('172.24.40.200')).toBe(true);
    expect(await neighbours()).toContain('172.24.40.2 ');
    expect(await guestA.pings('172.24.40.1')).toBe(true);
    expect(await outside.pings('10.20.0.11')).toBe(false);
    expect(await guestA.dhcp()).toMatchObject({
      ip: '10.20.0.11',
      router: '10.20.0.1',
      serverid: '10.20.0.254',
      staticroutes: expect.stringMatching(/^169.254.169.254\/32 10.20.0.254 .*0.0.0.0\/0 10.20.0.1$/),
    });
  });

  test('are reached by floating IPs until they lead nowhere, also in a connection that goes on', async () => {
    expect(await outside.pings('172.24.40.101')).toBe(false);
    await carry({ floatingIps });
    expect(await outside.pings('172.24.40.101')).toBe(true);
    expect(await outside.pings('172.24.40.102')).toBe(true);
    expect(await host.pings('172.24.40.101')).toBe(true);
    // By its floating IP, also from behind the same router.
    expect(await guestA.pings('172.24.40.102')).toBe(true);
    // The rules of the target apply: only pings are let in.
    const steady = hostShell({ netns: outside.netns }).run('busybox', ['ping', '-c', '6', '-W', '1', '172.24.40.101']);
    await setTimeout(1500);
    await carry({ floatingIps: floatingIps.slice(1) });
    const { stdout } = await steady.catch(() => ({ stdout: ' 0 packets received' }));
    expect(stdout).toMatch(/ [0-4] packets received/);
    expect(await outside.pings('172.24.40.101')).toBe(false);
    expect(await outside.pings('172.24.40.102')).toBe(true);
    await carry();
  });

  test('are reached at single ports of an address, until these are led elsewhere', async () => {
    const serving = { ...a, rules: [...rules, sampleRule({ protocol: 'tcp', portMin: 8080, portMax: 8080 })] };
    const led = (externalPort: number) =>
      host.driver.converge({
        networks: [network, other, external],
        ports: [serving, b],
        routers: [
          sampleRouter([network, other], external, {
            forwardings: [{ address: '172.24.40.103', protocol: 'tcp', externalPort, fixedIp: '10.20.0.11', internalPort: 8080 }],
          }),
        ],
      });
    await led(80);
    const serve = 'while true; do echo hello | busybox nc -l -p 8080 -w 5; done';
    const served = guestA.shell.run('timeout', ['20', 'sh', '-c', serve]).catch(() => {});
    await expect.poll(() => hears(outside, 80), { timeout: 10_000 }).toBe('hello');
    // By the same address, also from behind the same router.
    expect(await hears(guestB, 80)).toBe('hello');
    expect(await hears(outside, 81)).toBe('');
    await led(81);
    expect([await hears(outside, 80), await hears(outside, 81)]).toEqual(['', 'hello']);
    await carry();
    await served;
  }, 60_000);

  test('get no further without translation, and not at all when the router has gone', async () => {
    await carry({ isTranslating: false });
    expect(await guestA.pings('172.24.40.200')).toBe(false);
    await host.driver.converge({ networks: [network, other, external], ports: [a, b], routers: [] });
    expect(await guestA.pings('10.21.0.12')).toBe(false);
    await carry();
    expect(await guestA.pings('10.21.0.12')).toBe(true);
  });

  test('make IPv6 addresses of what their router tells them, reach each other by them, and are told again by the next service', async () => {
    const withV6 = (one: typeof network, octet: number) => ({ ...one, subnets: [...one.subnets, v6(octet)] });
    const networks = [withV6(network, 20), withV6(other, 21), external];
    const own = (port: typeof a, octet: number) => `fd00:${octet}::${linkLocal(port.macAddress).slice('fe80::'.length)}`;
    const open = (port: typeof a, octet: number) => ({
      ...port,
      fixedIps: [...port.fixedIps, { subnetId: `v6-${octet}`, ipAddress: own(port, octet) }],
      rules: [...rules, sampleRule({ direction: 'egress', ethertype: 'IPv6' }), sampleRule({ ethertype: 'IPv6', protocol: 'icmpv6' })],
    });
    const router = sampleRouter([network, other], external);
    const interfaces = router.interfaces.map((leg, at) => ({
      ...leg,
      addresses: [...leg.addresses, `fd00:${20 + at}::1/64`],
      advertised: [
        {
          subnetId: `v6-${20 + at}`,
          cidr: `fd00:${20 + at}::/64`,
          mode: at === 1 ? ('dhcpv6-stateless' as const) : ('slaac' as const),
          dnsNameservers: ['fd00:53::1'],
        },
      ],
    }));
    const wanted = { networks, ports: [open(a, 20), open(b, 21)], routers: [{ ...router, interfaces }] };
    await host.driver.converge(wanted);
    expect(await host.driver.converge(wanted)).toEqual([]);
    await expect.poll(() => addressesOf(guestA), { timeout: 15_000 }).toContain(canonical(own(a, 20)));
    await expect.poll(() => addressesOf(guestB), { timeout: 15_000 }).toContain(canonical(own(b, 21)));
    await expect.poll(() => guestA.pings(own(b, 21)), { timeout: 15_000 }).toBe(true);
    // The other network has more to ask DHCP for, whatever the rules.
    expect(await informed(guestB, b.macAddress)).toBe(true);
    expect(await informed(guestA, a.macAddress)).toBe(false);
    await host.driver.updateSecurity(
      [a, { ...open(b, 21), rules }].map((port) => ({ ...port, fixedIps: wanted.ports.find(({ id }) => id === port.id)?.fixedIps ?? [] })),
    );
    expect(await guestA.pings(own(b, 21))).toBe(false);
    // By DHCP, where the subnet says so: the address of its port, and nobody else's.
    const stateful = interfaces.map((leg) => ({
      ...leg,
      advertised: leg.advertised.map((one) => ({ ...one, mode: 'dhcpv6-stateful' as const })),
    }));
    const byDhcp = { ...wanted, routers: [{ ...router, interfaces: stateful }] };
    await host.driver.converge({ ...byDhcp, ports: byDhcp.ports.slice(0, 1) });
    expect(await leased(guestA, a.macAddress)).toBe(canonical(own(a, 20)));
    await host.driver.plug(open(b, 21), networks[1] ?? other);
    expect(await host.driver.converge(byDhcp)).toEqual([]);
    expect(await leased(guestB, b.macAddress)).toBe(canonical(own(b, 21)));
    await host.driver.converge(wanted);
    await host.driver.close();
    const next = host.newDriver();
    expect((await next.converge(wanted)).filter(({ part }) => part === 'router')).toEqual([]);
    await next.close();
    const conf = `--conf-file=${join(host.stateDir, 'adverts', router.id, 'conf')}`;
    expect(await pidsWithArgument(conf)).toHaveLength(1);
    await carry();
    expect(await pidsWithArgument(conf)).toEqual([]);
  });

  test('follow extra routes', async () => {
    await guestB.shell.run('ip', ['address', 'add', '10.88.0.1/32', 'dev', 'lo']);
    const open = { ...b, portSecurityEnabled: false };
    await host.driver.converge({
      networks: [network, other, external],
      ports: [a, open],
      routers: [sampleRouter([network, other], external, { routes: [{ destination: '10.88.0.0/16', nexthop: '10.21.0.12' }] })],
    });
    expect(await guestA.pings('10.88.0.1')).toBe(true);
    await carry();
    expect(await guestA.pings('10.88.0.1')).toBe(false);
  });

  test('keep their router when the service ends, and the next one finds it as it is', async () => {
    await host.driver.close();
    expect(await guestA.pings('172.24.40.200')).toBe(true);
    const next = host.newDriver();
    const wanted = { networks: [network, other, external], ports: [a, b], routers: [sampleRouter([network, other], external)] };
    expect((await next.converge(wanted)).filter(({ part }) => part === 'router')).toEqual([]);
    await next.close();
  });

  test('get through a router that a service left before it forwarded', async () => {
    const namespace = (await readdir('/run/netns')).find((name) => name.startsWith(`${host.netns}.router_`)) ?? '';
    await hostShell({ netns: namespace }).run('tee', ['/proc/sys/net/ipv4/ip_forward'], { input: '0\n' });
    expect(await guestA.pings('172.24.40.200')).toBe(false);
    const next = host.newDriver();
    await next.converge({ networks: [network, other, external], ports: [a, b], routers: [sampleRouter([network, other], external)] });
    expect(await guestA.pings('172.24.40.200')).toBe(true);
    await next.close();
  });
});

/** Whether somebody answers a guest that asks DHCP for IPv6 for information only (RFC 8415, 18.2.6). */
const informed = async (guest: TestGuest, macAddress: string): Promise<boolean> => {
  const request = `0b1234560001000a00030001${macAddress.replaceAll(':', '')}000600020017`;
  const ask = `const s = require('dgram').createSocket('udp6');
    s.on('message', (m) => { console.log(m[0] === 7); process.exit(); });
    s.bind(546, () => s.send(Buffer.from('${request}', 'hex'), 547, 'ff02::1:2%eth0'));
    setTimeout(process.exit, 2000);`;
  return (await guest.shell.run(process.execPath, ['-e', ask])).stdout === 'true\n';
};

/** A routed IPv6 subnet. */
const v6 = (octet: number) => ({
  id: `v6-${octet}`,
  cidr: `fd00:${octet}::/64`,
  gatewayIp: `fd00:${octet}::1`,
  isRouted: true,
  enableDhcp: true,
  dnsNameservers: ['fd00:53::1'],
  hostRoutes: [],
});

const addressesOf = async (guest: TestGuest) => (await guest.shell.run('ip', ['-6', '-o', 'address', 'show', 'eth0', '-tentative'])).stdout;

/** The address that a guest is offered by DHCP for IPv6, if any. */
const leased = async (guest: TestGuest, macAddress: string): Promise<string | undefined> => {
  const request = `011234560001000a00030001${macAddress.replaceAll(':', '')}0003000c000000010000000000000000`;
  const ask = `const s = require('dgram').createSocket('udp6');
    s.on('message', (m) => { const at = m.indexOf(Buffer.from('00050018', 'hex')); console.log(at < 0 ? '' : m.subarray(at + 4, at + 20).toString('hex')); process.exit(); });
    s.bind(546, () => s.send(Buffer.from('${request}', 'hex'), 547, 'ff02::1:2%eth0'));
    setTimeout(process.exit, 4000);`;
  const digits = (await guest.shell.run(process.execPath, ['-e', ask])).stdout.trim();
  return digits ? canonical((digits.match(/.{4}/g) ?? []).join(':')) : undefined;
};
