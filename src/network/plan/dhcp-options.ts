/** The DHCP options that a client may give a port: their names, what their values are, and how requests change them. Pure. */
import type { DhcpOption } from '../../objects/network.ts';
import { invalidInput } from '../errors.ts';
import { canonicalAddress } from './ip-range.ts';

/** What the value of an option is. */
export type DhcpValueKind = 'addresses' | 'names' | 'text' | 'number' | 'flag';

/** An option to set; a null value removes it. */
export type DhcpOptionChange = Omit<DhcpOption, 'value'> & { readonly value: string | null };

interface Known {
  readonly code: number;
  readonly kind: DhcpValueKind;
}

const of = (kind: DhcpValueKind, codes: Readonly<Record<string, number>>): [string, Known][] =>
  Object.entries(codes).map(([name, code]) => [name, { code, kind }]);

/** By IP version and name. What the service itself tells every guest, such as its lease, is not among them. */
const KNOWN: Readonly<Record<4 | 6, ReadonlyMap<string, Known>>> = {
  4: new Map([
    ...of('addresses', {
      router: 3,
      'dns-server': 6,
      'log-server': 7,
      'lpr-server': 9,
      'swap-server': 16,
      'nis-server': 41,
      'ntp-server': 42,
    }),
    ...of('addresses', {
      'netbios-ns': 44,
      'netbios-dd': 45,
      'x-windows-fs': 48,
      'x-windows-dm': 49,
      'nis+-server': 65,
      'smtp-server': 69,
    }),
    ...of('addresses', { 'pop3-server': 70, 'nntp-server': 71, 'irc-server': 74, 'tftp-server-address': 150, 'server-ip-address': 255 }),
    ...of('text', { 'domain-name': 15, 'root-path': 17, 'extension-path': 18, 'nis-domain': 40, 'netbios-scope': 47, 'nis+-domain': 64 }),
    ...of('text', { 'tftp-server': 66, 'bootfile-name': 67, 'posix-timezone': 100, 'tzdb-timezone': 101 }),
    ...of('names', { 'domain-search': 119 }),
    ...of('number', { 'time-offset': 2, 'boot-file-size': 13, 'default-ttl': 23, mtu: 26, 'arp-timeout': 35, 'tcp-ttl': 37 }),
    ...of('number', { 'tcp-keepalive': 38, 'netbios-nodetype': 46 }),
    ...of('flag', { 'ip-forward-enable': 19, 'non-local-source-routing': 20, 'all-subnets-local': 27, 'router-discovery': 31 }),
  ]),
  6: new Map([
    ...of('addresses', { 'sip-server': 22, 'dns-server': 23, 'nis-server': 27, 'nis+-server': 28, 'sntp-server': 31, 'ntp-server': 56 }),
    ...of('names', { 'domain-search': 24 }),
    ...of('text', { 'nis-domain': 29, 'nis+-domain': 30, 'posix-timezone': 41, 'tzdb-timezone': 42 }),
    ...of('text', { 'bootfile-url': 59, 'bootfile-param': 60 }),
  ]),
};

/** Numbers without a name that a client may use: those that are nobody's in particular. */
const FREE_CODES = { first: 128, last: 254 } as const;

/** The number and kind of an option; undefined for one that no client may set. */
export function knownOption({ name, ipVersion }: Pick<DhcpOption, 'name' | 'ipVersion'>): Known | undefined {
  const known = KNOWN[ipVersion];
  if (!/^\d{1,3}$/.test(name)) return known.get(name);
  const code = Number(name);
  const named = [...known.values()].find((one) => one.code === code);
  return named ?? (FREE_CODES.first <= code && code <= FREE_CODES.last ? { code, kind: 'text' } : undefined);
}

/** What separates the parts of a value, and so cannot be in one. */
const UNWRITABLE = /[\p{Cc}"\\]/u;

const VALID: Readonly<Record<DhcpValueKind, (value: string) => boolean>> = {
  // Of either version: clients write both into the same options. A guest only gets those of the right one.
  addresses: (value) => value.split(',').every((one) => canonicalAddress(one.trim()) !== undefined),
  names: (value) => /^[\w.-]+(, ?[\w.-]+)*$/.test(value),
  text: (value) => value !== '' && !UNWRITABLE.test(value),
  number: (value) => /^-?\d{1,10}$/.test(value),
  flag: (value) => value === '0' || value === '1',
};

const keyOf = ({ name, ipVersion }: Pick<DhcpOption, 'name' | 'ipVersion'>): string => `${ipVersion} ${name}`;

/** The options after a change. Throws InvalidInput for an option that does not exist, and for a value that it cannot have. */
export function planDhcpOptions(before: readonly DhcpOption[], changes: readonly DhcpOptionChange[]): readonly DhcpOption[] {
  const after = new Map(before.map((option) => [keyOf(option), option]));
  for (const { name, ipVersion, value } of changes) {
    const known = knownOption({ name, ipVersion });
    if (!known) throw invalidInput('extra_dhcp_opts', `'${name}' is no DHCP option of IPv${ipVersion} that a port can have.`);
    if (value !== null && !VALID[known.kind](value))
      throw invalidInput('extra_dhcp_opts', `'${value}' is no value for the DHCP option '${name}'.`);
    if (value === null) after.delete(keyOf({ name, ipVersion }));
    else after.set(keyOf({ name, ipVersion }), { name, value, ipVersion });
  }
  return [...after.values()];
}
