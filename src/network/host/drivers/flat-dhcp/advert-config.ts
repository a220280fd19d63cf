/** Writes what dnsmasq reads in a router's namespace, where it sends router advertisements. Pure text. */
import { innerLegName } from '../../device-names.ts';
import type { HostRouter } from '../../host-router.ts';
import { ipVersion } from './ip-text.ts';

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
export function advertConfig({ interfaces }: HostRouter, files: AdvertFiles, indexes: ReadonlyMap<string, number>): string | undefined {
  const legs = interfaces
    .filter(({ advertised = [] }) => advertised.length > 0)
    .map((leg) => ({ ...leg, device: innerLegName(leg.portId) }));
  if (legs.length === 0) return undefined;
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
    `pid-file=${files.pid}`,
    `log-facility=${files.log}`,
    ...legs.flatMap(({ device }) => [`interface=${device}`, `ra-param=${device},${INTERVAL},${ROUTER_LIFETIME}`]),
    ...legs.flatMap(({ advertised = [] }) => advertised).flatMap(prefixLines),
  ];
  return `${lines.join('\n')}\n`;
}

function prefixLines(
  { cidr, hasDhcp, dnsNameservers }: NonNullable<HostRouter['interfaces'][number]['advertised']>[number],
  at: number,
): string[] {
  if (ipVersion(cidr) !== 6) return [];
  const [base, bits] = cidr.split('/');
  const servers = dnsNameservers.filter((address) => ipVersion(address) === 6).map((address) => `[${address}]`);
  return [
    `dhcp-range=set:prefix${at},${base},${hasDhcp ? 'ra-stateless' : 'ra-only'},${bits},${PREFIX_LIFETIME}`,
    ...(servers.length > 0 ? [`dhcp-option=tag:prefix${at},option6:dns-server,${servers.join(',')}`] : []),
  ];
}
