/** The pure parts: what is written for dnsmasq, nft and ip. */
import { expect, test } from 'vitest';
import { sampleExternal, sampleNetwork, samplePort, sampleRouter } from '../../../network-samples.ts';
import { bridgeName, innerLegName, tunnelName } from '../../device-names.ts';
import { advertConfig } from './advert-config.ts';
import { planLinks, planTearDown, servingMac } from './bridge-plan.ts';
import { cloudMark } from './cloud-mark.ts';
import { zonesOf } from './conntrack-zones.ts';
import { dhcpConfig, dhcpHosts } from './dhcp-config.ts';
import { dhcpOptions } from './dhcp-options.ts';
import { canonical, ipVersion, ipv6Number, linkLocal, neighborTargetIs } from './ip-text.ts';
import { dropStaleLeases, hasStaleLeases } from './leases.ts';
import { portMarks } from './port-marks.ts';
import { underlayTable } from './tunnel-filter.ts';
import { entrySteps } from './tunnel-plan.ts';

const files = { config: '/s/dnsmasq.conf', hosts: '/s/hosts', options: '/s/options', leases: '/s/leases', pid: '/s/pid', log: '/s/log' };
const settings = { domain: 'novalocal', leaseSeconds: 120, device: 'guests', index: 7 };

test('a lease is stale only when its address has another owner', () => {
  const leases = '1790000000 fa:16:3e:00:00:01 10.0.0.1 a *\n1790000000 fa:16:3e:00:00:02 10.0.0.2 b *\n';
  expect(hasStaleLeases(leases, 'fa:16:3e:00:00:01,10.0.0.1,a\n')).toBe(false);
  expect(dropStaleLeases(leases, 'fa:16:3e:00:00:09,10.0.0.2,c\n')).toBe('1790000000 fa:16:3e:00:00:01 10.0.0.1 a *\n');
});

test('a network without gateway still serves DHCP from the address of the host, and offers no router', () => {
  const [subnet] = sampleNetwork(20).subnets;
  const network = sampleNetwork(20, { subnets: subnet ? [{ ...subnet, gatewayIp: null, hostIp: '10.20.0.5' }] : [] });
  const config = dhcpConfig(network, files, settings);
  expect(config).toContain('option:router\n');
  expect(config).toContain('classless-static-route,169.254.169.254/32,10.20.0.5,10.99.0.0/16,10.20.0.2\n');
  expect(config).toContain('dhcp-range=set:subnet0,10.20.0.0,static,255.255.255.0,120s\n');
});

test('texts of tenants cannot add lines to the configuration', () => {
  const [subnet] = sampleNetwork(20).subnets;
  const evil = 'x\ndhcp-script=/bin/sh';
  const network = sampleNetwork(20, {
    name: evil,
    subnets: subnet ? [{ ...subnet, dnsNameservers: [evil, '8.8.8.8'], hostRoutes: [{ destination: evil, nexthop: evil }] }] : [],
  });
  expect(dhcpConfig(network, files, settings)).not.toContain('dhcp-script');
  expect(dhcpHosts(network, [samplePort(network, 11, { hostname: evil })])).toBe('fa:16:3e:00:20:11,10.20.0.11,host-10-20-0-11\n');
});

test('options of a port are told to it alone, and only those that dnsmasq understands', () => {
  const network = sampleNetwork(20);
  const dhcpOptionsOf = [
    { name: 'bootfile-name', value: 'pxelinux.0', ipVersion: 4 },
    { name: 'ntp-server', value: '10.20.0.9, 2015::dead', ipVersion: 4 },
    { name: 'server-ip-address', value: '2015::badd', ipVersion: 4 },
    { name: '150', value: '10.20.0.8', ipVersion: 4 },
    { name: 'bootfile-url', value: 'http://x', ipVersion: 6 },
  ] as const;
  const port = samplePort(network, 11, { dhcpOptions: dhcpOptionsOf });
  const tag = `port-${port.id}`;
  expect(dhcpHosts(network, [port])).toBe(`fa:16:3e:00:20:11,10.20.0.11,vm-11,set:${tag}\n`);
  expect(dhcpOptions([port, samplePort(network, 12)])).toBe(
    `tag:${tag},150,10.20.0.8\ntag:${tag},42,10.20.0.9\ntag:${tag},67,"pxelinux.0"\n`,
  );
});

const commandsOf = (steps: ReturnType<typeof planLinks>) => steps.flatMap(({ commands }) => commands);

test('a host as wanted needs no step', () => {
  const network = sampleExternal(20);
  const cloud = cloudMark('a cloud');
  expect(planLinks([network], new Map(), { cloud }).map(({ part }) => part)).toEqual(['address', 'address', 'bridge', 'address']);
  const link = (name: string, addresses: string[], alias = cloud.alias(network.id)) => ({
    name,
    index: 1,
    alias: name === 'lo' ? '' : alias,
    mtu: 1400,
    mac: servingMac(network.id),
    bridge: undefined,
    isUp: true,
    filtersIp: true,
    addresses,
  });
  const [bridge = ''] = planLinks([network], new Map(), { cloud }).flatMap(({ commands }) =>
    commands.flatMap((line) => /name (\S+)/.exec(line)?.[1] ?? []),
  );
  const seen = new Map([
    ['lo', link('lo', ['127.0.0.1/8', '169.254.169.254/32'])],
    [bridge, link(bridge, ['172.24.20.1/24', 'fe80::1/64'])],
  ]);
  expect(planLinks([network], seen, { cloud })).toEqual([]);
  expect(commandsOf(planLinks([], seen, { cloud }))).toEqual([`link del dev ${bridge}`]);
  // Fault 2026-11 B15.
  const another = cloudMark('another');
  expect(planLinks([], seen, { cloud: another })).toEqual([]);
  expect(planTearDown(seen, another)).toEqual([]);
  // An earlier release made bridges without a mark: they get one where they are wanted.
  const unmarked = new Map([...seen, [bridge, link(bridge, ['172.24.20.1/24'], `nova-ts:${network.id}`)]]);
  expect(commandsOf(planLinks([network], unmarked, { cloud }))).toEqual([`link set dev ${bridge} alias ${cloud.alias(network.id)}`]);
});

test('the bridge of a network that has a place of its own loses what the host had in it', () => {
  const [network, cloud] = [sampleNetwork(20), cloudMark('a cloud')];
  const [, , creation] = planLinks([network], new Map(), { cloud });
  expect(creation?.part).toBe('bridge');
  const name = bridgeName(network);
  const former = {
    name,
    index: 2,
    alias: cloud.alias(network.id),
    mtu: 1400,
    mac: servingMac(network.id),
    bridge: undefined,
    isUp: true,
    filtersIp: true,
    addresses: ['10.20.0.1/24'],
  };
  expect(commandsOf(planLinks([network], new Map([[name, former]]), { cloud })).slice(2)).toEqual([
    expect.stringMatching(`^link set dev ${name} address 02:`),
    `address del 10.20.0.1/24 dev ${name}`,
  ]);
});

test('networks on one host have different zones, which stay when others come', () => {
  const [one, two] = [sampleNetwork(20), sampleNetwork(21)];
  expect(new Set(zonesOf([one, two]).values()).size).toBe(2);
  expect(zonesOf([two]).get(bridgeName(two))).toBe(zonesOf([one, two]).get(bridgeName(two)));
  expect(zonesOf([sampleExternal(22)]).size).toBe(0);
});

test('addresses are recognised, and other texts are not', () => {
  expect(['10.0.0.1', '10.0.0.0/8', '10.0.0.0/33', 'fd00::/8', 'fe80::1%eth0', 'x', '1.2.3.4/8/9'].map(ipVersion)).toEqual([
    4, 4, 0, 6, 0, 0, 0,
  ]);
  expect([canonical('FD00:0:0::1'), canonical('10.0.0.1')]).toEqual(['fd00::1', '10.0.0.1']);
  expect(linkLocal('fa:16:3e:01:02:03')).toBe('fe80::f816:3eff:fe01:203');
  expect(ipv6Number('fd00::1')).toBe(0xfd000000000000000000000000000001n);
  expect(neighborTargetIs('fd00::/16')).toBe('@th,64,16 0xfd00');
});

test('marks depend on the port alone and are never zero', () => {
  const all = portMarks(['a', 'b', 'c']);
  expect(portMarks(['b']).get('b')).toBe(all.get('b'));
  expect(new Set(all.values()).size).toBe(3);
  expect(Math.min(...all.values())).toBeGreaterThan(0);
});

test('the kernel is told where guests are, and what it learned of one that moves is left', () => {
  const network = sampleNetwork(20);
  const peers = [
    { address: '192.0.2.2', ports: [remote(1), remote(2)] },
    { address: '192.0.2.3', ports: [remote(2, false)] },
  ];
  const tunnel = { networkId: network.id, vni: 7, localAddress: '192.0.2.1', peers };
  const [mac1, mac2, all] = ['fa:16:3e:00:00:01', 'fa:16:3e:00:00:02', '00:00:00:00:00:00'];
  const device = `dev ${tunnelName(network.id)}`;
  expect(entrySteps(tunnel, [])).toEqual({
    flooding: [`fdb append ${all} ${device} dst 192.0.2.2 self permanent`, `fdb append ${all} ${device} dst 192.0.2.3 self permanent`],
    guests: [
      `fdb replace ${mac1} ${device} dst 192.0.2.2 self dynamic`,
      `fdb replace ${mac2} ${device} dst 192.0.2.2 self dynamic`,
      `fdb replace ${mac1} ${device} master dynamic`,
      `fdb replace ${mac2} ${device} master dynamic`,
    ],
  });
  const seen = [
    { mac: all, dst: '192.0.2.2' },
    { mac: all, dst: '192.0.2.3' },
    { mac: all, dst: '192.0.2.9' },
    { mac: mac1, dst: '192.0.2.3' },
    { mac: mac2, dst: '192.0.2.3' },
    { mac: mac1, dst: undefined },
    { mac: mac2, dst: undefined },
  ];
  expect(entrySteps(tunnel, seen)).toEqual({
    flooding: [`fdb del ${all} ${device} dst 192.0.2.9 self`],
    guests: [`fdb replace ${mac1} ${device} dst 192.0.2.2 self dynamic`],
  });
});

test('frames are let in from the other hosts only, and from nobody while none of them has guests of the networks', () => {
  const tunnel = { networkId: sampleNetwork(20).id, vni: 7, localAddress: '192.0.2.1', peers: [{ address: '192.0.2.2', ports: [] }] };
  const inputOf = (peers: typeof tunnel.peers) => {
    const [input = ''] = underlayTable([{ ...tunnel, peers }], []).split('chain forwarding');
    return input
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => /(accept|drop)$/.test(line));
  };
  expect(inputOf(tunnel.peers)).toEqual(['udp dport != 4789 accept', 'ip saddr { 192.0.2.2 } accept', 'counter drop']);
  expect(inputOf([])).toEqual(['udp dport != 4789 accept', 'counter drop']);
});

test('a router tells of its IPv6 prefixes and of name servers, and texts of tenants cannot add lines to that', () => {
  const router = sampleRouter([sampleNetwork(20), sampleNetwork(21)], undefined);
  const paths = { pid: '/s/pid', log: '/s/log' };
  expect(advertConfig(router, paths, { indexes: new Map(), ports: [] })).toBeUndefined();
  const evil = 'fd00::/64\ndhcp-script=/bin/sh';
  const advertised = [
    { cidr: 'fd00:20::/64', mode: 'slaac' as const, subnetId: 's', dnsNameservers: ['fd00:53::1', evil, '9.9.9.9'] },
    { cidr: evil, mode: 'slaac' as const, subnetId: 's', dnsNameservers: [] },
    { cidr: 'fd00:21::/64', mode: 'dhcpv6-stateless' as const, subnetId: 's', dnsNameservers: [] },
    { cidr: 'fd00:22::/64', mode: 'dhcpv6-stateful' as const, subnetId: 't', dnsNameservers: [] },
  ];
  const interfaces = router.interfaces.map((leg, at) => ({ ...leg, advertised: at === 0 ? advertised : [] }));
  const port = samplePort(sampleNetwork(20), 11, {
    hostname: evil,
    fixedIps: ['t', 's'].map((subnetId) => ({ subnetId, ipAddress: 'fd00:22::11' })),
  });
  const config = advertConfig({ ...router, interfaces }, paths, { indexes: new Map(), ports: [port] });
  const [device] = interfaces.map(({ portId }) => innerLegName(portId));
  expect(config?.split('\n').filter((line) => /^(interface|dhcp-(range|option|host))/.test(line))).toEqual([
    `interface=${device}`,
    'dhcp-range=set:prefix0,fd00:20::,ra-only,64,86400',
    'dhcp-option=tag:prefix0,option6:dns-server,[fd00:53::1]',
    'dhcp-range=set:prefix2,fd00:21::,ra-stateless,64,86400',
    'dhcp-range=set:prefix3,fd00:22::,static,64,86400',
    'dhcp-host=fa:16:3e:00:20:11,[fd00:22::11],host-fd00-22-11',
  ]);
});

const remote = (at: number, isActive = true) => ({ macAddress: `FA:16:3E:00:00:0${at}`, ipAddresses: [], isActive });
