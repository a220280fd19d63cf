/** Writes what dnsmasq reads in a router's namespace, where it sends router advertisements. Pure text. */
import { innerLegName } from '../../device-names.ts';
import type { HostPort } from '../../driver.ts';
import type { AdvertisedPrefix, HostRouter } from '../../host-router.ts';
import type { Ipv6Mode } from '../../../../objects/network.ts';
import { guestName } from './dhcp-config.ts';
import { ipVersion, isMac } from './ip-text.ts';

/** The files of one router's dnsmasq. */
export interface AdvertFiles {
  readonly pid: string;
  readonly log: string;
}

/** How often guests are told without asking, how long the router is good for them, and how long a prefix is; in seconds. */
const INTERVAL = 30;
const ROUTER_LIFETIME = 1800;
const PREFIX_LIFETIME = 86_400;

/** The configuration; undefined for a router that tells nobody anything. `indexes` are those of its devices: sockets stay bound to old ones. */
export function advertConfig(
  { interfaces }: HostRouter,
  files: AdvertFiles,
  { indexes, ports }: { readonly indexes: ReadonlyMap<string, number>; readonly ports: readonly HostPort[] },
): string | undefined {
  const legs = interfaces
    .filter(({ advertised = [] }) => advertised.length > 0)
    .map((leg) => ({ ...leg, device: innerLegName(leg.portId) }));
  if (legs.length === 0) return undefined;
  const prefixes = legs.flatMap(({ advertised = [] }) => advertised);
  const lines = [
    ...legs.map(({ device }) => `# device ${device} with index ${indexes.get(device) ?? 0}`),
    'port=0',
    'no-hosts',
    'no-resolv',
    'quiet-ra',
    'bind-interfaces',
    'except-interface=lo',
    'leasefile-ro',
    'enable-ra',
    'dhcp-authoritative',
    `pid-file=${files.pid}`,
    `log-facility=${files.log}`,
    ...legs.flatMap(({ device }) => [`interface=${device}`, `ra-param=${device},${INTERVAL},${ROUTER_LIFETIME}`]),
    ...prefixes.flatMap(prefixLines),
    ...guestLines(prefixes, ports),
  ];
  return `${lines.join('\n')}\n`;
}

/** The word of dnsmasq for how guests get addresses of a prefix. */
const WORDS: Readonly<Record<Ipv6Mode, string>> = { slaac: 'ra-only', 'dhcpv6-stateless': 'ra-stateless', 'dhcpv6-stateful': 'static' };

function prefixLines({ cidr, mode, dnsNameservers }: AdvertisedPrefix, at: number): string[] {
  if (ipVersion(cidr) !== 6) return [];
  const [base, bits] = cidr.split('/');
  const servers = dnsNameservers.filter((address) => ipVersion(address) === 6).map((address) => `[${address}]`);
  return [
    `dhcp-range=set:prefix${at},${base},${WORDS[mode]},${bits},${PREFIX_LIFETIME}`,
    ...(servers.length > 0 ? [`dhcp-option=tag:prefix${at},option6:dns-server,${servers.join(',')}`] : []),
  ];
}

/** The guests that get their addresses by DHCP. In the configuration itself: a new one is a start without leases, so none is in the way of an address's new owner. */
function guestLines(prefixes: readonly AdvertisedPrefix[], ports: readonly HostPort[]): string[] {
  const ids = prefixes.filter(({ mode }) => mode === 'dhcpv6-stateful').map(({ subnetId }) => subnetId);
  const lines = ports.flatMap(({ macAddress, fixedIps, hostname }) =>
    fixedIps
      .filter(({ subnetId, ipAddress }) => ids.includes(subnetId) && ipVersion(ipAddress) === 6 && isMac(macAddress))
      .map(({ ipAddress }) => `dhcp-host=${macAddress.toLowerCase()},[${ipAddress}],${guestName(hostname, ipAddress)}`),
  );
  return lines.sort();
}
