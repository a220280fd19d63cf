/** Writes what dnsmasq reads for one network: its configuration and the list of its guests. Pure text. */
import type { HostNetwork, HostPort, HostSubnet } from '../../driver.ts';
import { portTag } from './dhcp-options.ts';
import { METADATA_ADDRESS } from './host-addressing.ts';
import { ipVersion } from './ip-text.ts';

/** The files of one network's dnsmasq. */
export interface DhcpFiles {
  readonly config: string;
  readonly hosts: string;
  /** Options of single ports. */
  readonly options: string;
  readonly leases: string;
  readonly pid: string;
  readonly log: string;
}

export interface DhcpSettings {
  /** The domain of guests' names; empty for none. */
  readonly domain: string;
  readonly leaseSeconds: number;
}

/** The subnets that dnsmasq serves: IPv4, with an address of this host to answer from. */
export const servedSubnets = (network: HostNetwork): HostSubnet[] =>
  network.subnets.filter((subnet) => subnet.enableDhcp && !subnet.cidr.includes(':') && (subnet.hostIp ?? subnet.gatewayIp) !== null);

/** The device that faces the guests. Its index counts, because sockets stay bound to the old device when it is deleted and created again. */
export interface DhcpDevice {
  readonly device: string;
  readonly index: number;
}

/** The configuration file. */
export function dhcpConfig(network: HostNetwork, files: DhcpFiles, { device, index, ...settings }: DhcpSettings & DhcpDevice): string {
  const lines = [
    `# device ${device} with index ${index}`,
    // DHCP only: a name server would expose more of the host to guests.
    'port=0',
    'no-hosts',
    'no-resolv',
    'no-ping',
    'quiet-dhcp',
    'bind-interfaces',
    `interface=${device}`,
    'except-interface=lo',
    // Confirms leases from an earlier run of this server instead of refusing them.
    'dhcp-authoritative',
    `dhcp-hostsfile=${files.hosts}`,
    `dhcp-optsfile=${files.options}`,
    `dhcp-leasefile=${files.leases}`,
    `pid-file=${files.pid}`,
    `log-facility=${files.log}`,
    ...(settings.domain ? [`domain=${settings.domain}`] : []),
    ...servedSubnets(network).flatMap((subnet, at) =>
      subnetLines(subnet, { tag: `subnet${at}`, mtu: network.mtu, leaseSeconds: settings.leaseSeconds }),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function subnetLines(subnet: HostSubnet, { tag, mtu, leaseSeconds }: { tag: string; mtu: number; leaseSeconds: number }): string[] {
  const [base, bits] = subnet.cidr.split('/');
  const routes = classlessRoutes(subnet);
  const nameServers = subnet.dnsNameservers.filter((address) => ipVersion(address) === 4);
  const option = (name: string, value: string) => `dhcp-option=tag:${tag},option:${name},${value}`;
  return [
    `dhcp-range=set:${tag},${base},static,${netmask(Number(bits))},${leaseSeconds}s`,
    // An empty option keeps dnsmasq from offering itself as the router.
    subnet.gatewayIp ? option('router', subnet.gatewayIp) : `dhcp-option=tag:${tag},option:router`,
    option('mtu', String(mtu)),
    ...(nameServers.length > 0 ? [option('dns-server', nameServers.join(','))] : []),
    option('classless-static-route', routes),
    // The predecessor of option 121; old Windows asks for this one.
    `dhcp-option=tag:${tag},249,${routes}`,
  ];
}

/** Clients that know option 121 ignore the router option, so the default route is in it too. */
function classlessRoutes(subnet: HostSubnet): string {
  const host = subnet.hostIp ?? subnet.gatewayIp;
  return [
    ...(host ? [`${METADATA_ADDRESS}/32,${host}`] : []),
    ...subnet.hostRoutes
      .filter((route) => ipVersion(route.destination) === 4 && ipVersion(route.nexthop) === 4)
      .map((route) => `${route.destination},${route.nexthop}`),
    ...(subnet.gatewayIp ? [`0.0.0.0/0,${subnet.gatewayIp}`] : []),
  ].join(',');
}

const netmask = (bits: number): string => [0, 8, 16, 24].map((from) => 256 - 2 ** (8 - Math.min(8, Math.max(0, bits - from)))).join('.');

/** The guests of the network, one a line: hardware address, IP address, name. dnsmasq gives one address per subnet, so the first counts. */
export function dhcpHosts(network: HostNetwork, ports: readonly HostPort[]): string {
  const served = new Set(servedSubnets(network).map(({ id }) => id));
  const lines = ports.flatMap((port) => {
    const ips = port.fixedIps.filter(
      (ip, at, all) => served.has(ip.subnetId) && all.findIndex((other) => other.subnetId === ip.subnetId) === at,
    );
    const mac = port.macAddress.toLowerCase();
    const tag = port.dhcpOptions ? `,set:${portTag(port)}` : '';
    return ips.map(({ ipAddress }) => `${mac},${ipAddress},${guestName(port.hostname, ipAddress)}${tag}`);
  });
  return `${lines.sort().join('\n')}\n`;
}

/** A name that dnsmasq accepts: the first label of the host name or, if that is unusable, one made of the address. */
export const guestName = (hostname: string, ipAddress: string): string => {
  const [label = ''] = hostname.split('.');
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(label) ? label : `host-${ipAddress.replaceAll(/[.:]+/g, '-')}`;
};
