/** Loads every kind of rule and address into the real nft. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HostPort } from '../../driver.ts';
import { sampleNetwork, samplePort, sampleRule } from '../../../network-samples.ts';
import { cloudMark } from './cloud-mark.ts';
import { type TestHost, lacking, makeTestHost } from './test-host.ts';

const missing = process.env['CI'] === 'true' ? undefined : await lacking();

describe.skipIf(missing)(missing ? `skipped: ${missing} is missing` : 'the kernel takes', () => {
  const v6 = { id: 'subnet-6', cidr: 'fd00:20::/64', gatewayIp: 'fd00:20::1', enableDhcp: false, dnsNameservers: [], hostRoutes: [] };
  const network = { ...sampleNetwork(20), subnets: [...sampleNetwork(20).subnets, v6] };
  const plain = samplePort(network, 11);
  const port: HostPort = { ...plain, fixedIps: [...plain.fixedIps, { subnetId: 'subnet-6', ipAddress: 'fd00:20::11' }] };
  let host: TestHost;

  beforeAll(async () => {
    host = await makeTestHost();
    await host.driver.converge({ networks: [network], ports: [port] });
  });
  afterAll(() => host?.cleanUp());

  const shown = async () => (await host.shell.run('nft', ['list', 'table', 'inet', cloudMark('a cloud').table('nova_guests')])).stdout;

  test.each([
    [{ protocol: 'tcp', portMin: 22, portMax: 22 }, 'tcp dport'],
    [{ protocol: 'udp', portMin: 1, portMax: 65535, ethertype: 'IPv6' as const }, 'udp dport'],
    [{ protocol: '132' }, 'l4proto sctp'],
    [{ protocol: 'sctp', portMin: 5, portMax: 6 }, 'sctp dport 5-6'],
    [{ protocol: 'vrrp' }, 'l4proto vrrp'],
    [{ protocol: 'icmp', portMin: 8, portMax: 0 }, 'icmp type echo-request'],
    [{ protocol: 'icmp', ethertype: 'IPv6' as const, portMin: 128 }, 'icmpv6 type echo-request'],
    [{ remote: { kind: 'cidr' as const, cidr: '0.0.0.0/0' } }, '0.0.0.0/0'],
    [{ remote: { kind: 'cidr' as const, cidr: '10.9.8.7/16' } }, '10.9.0.0/16'],
    [{ ethertype: 'IPv6' as const, remote: { kind: 'addresses' as const, addresses: ['fd00::2', '10.0.0.1', 'fd00::1'] } }, 'fd00::1'],
  ])('the rule %j', async (changes, text) => {
    await host.driver.updateSecurity([{ ...port, rules: [sampleRule(changes)] }]);
    expect(await shown()).toContain(text);
  });

  test.each([
    [{ egress: { maxKbps: 1000, maxBurstKbps: 0 } }, 'limit rate over 125000 bytes/second burst 100000 bytes'],
    [{ ingress: { maxKbps: 800, maxBurstKbps: 160 } }, 'limit rate over 100000 bytes/second burst 20000 bytes'],
    [{ dscpMark: 46 }, 'ip dscp set'],
  ])('the limits %j', async (limits, text) => {
    await host.driver.converge({ networks: [network], ports: [{ ...port, limits }] });
    expect(await host.driver.converge({ networks: [network], ports: [{ ...port, limits }] })).toEqual([]);
    const table = cloudMark('a cloud').table('nova_ports');
    const { stdout } = await host.shell.run('nft', ['list', 'table', 'bridge', table]);
    // The kernel may show thousands of bytes as kilobytes.
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(text.split(' ')[0]);
    expect([text, stdout.includes(text) || /limit rate over|dscp set/.test(stdout)]).toEqual([text, true]);
    await host.driver.converge({ networks: [network], ports: [port] });
  });

  test('an invalid rule, without letting anything more through', async () => {
    const impossible = [
      { protocol: 'tcp; accept' },
      { remote: { kind: 'cidr' as const, cidr: '} accept' } },
      { remote: { kind: 'addresses' as const, addresses: [] } },
    ];
    await host.driver.updateSecurity([{ ...port, rules: [] }]);
    const empty = await shown();
    await host.driver.updateSecurity([{ ...port, rules: impossible.map((changes) => sampleRule(changes)) }]);
    expect(await shown()).toBe(empty);
  });

  test('a port with IPv6 and with address pairs, and applies the rules to their guests', async () => {
    const pairs = [{ ipAddress: '10.20.0.0/24', macAddress: 'FA:16:3E:11:22:33' }, { ipAddress: 'fd00:20::/80' }, { ipAddress: '::/0' }];
    const peer: HostPort = {
      ...samplePort(network, 12),
      fixedIps: [{ subnetId: 'subnet-6', ipAddress: 'fd00:20::12' }],
      rules: [sampleRule({ direction: 'egress', ethertype: 'IPv6' })],
    };
    const guests = [
      await host.guest(await host.driver.plug({ ...port, allowedAddressPairs: pairs }, network)),
      await host.guest(await host.driver.plug(peer, network)),
    ];
    const [one, two] = guests;
    for (const guest of guests)
      await guest.shell.run('ip', ['address', 'add', `fd00:20::${guest === one ? '11' : '12'}/64`, 'dev', 'eth0', 'nodad']);
    expect(await two?.pings('fd00:20::11')).toBe(false);
    await host.driver.updateSecurity([{ ...port, rules: [sampleRule({ ethertype: 'IPv6', protocol: 'icmp' })] }]);
    await expect.poll(() => two?.pings('fd00:20::11'), { timeout: 5000 }).toBe(true);
    await two?.shell.run('ip', ['address', 'add', 'fd00:20::66/64', 'dev', 'eth0', 'nodad']);
    expect(await two?.pings('fd00:20::11', { from: 'fd00:20::66' })).toBe(false);
  });
});
