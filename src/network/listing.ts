/** Lists as clients of Neutron ask for them: any simple field filters and sorts, by the name it has on the wire. */
import type { PageQuery } from '../db/stores/network-pages.ts';
import { invalidInput } from './errors.ts';

/** A list query with the wire's names of fields. */
export interface ListQuery {
  /** Each field with the values of which one has to match. */
  readonly filters: Readonly<Record<string, readonly string[]>>;
  readonly sort: readonly { readonly key: string; readonly direction: 'asc' | 'desc' }[];
  readonly marker?: string;
  readonly limit: number;
}

const nameless = {
  id: 'id',
  description: 'description',
  tenant_id: 'project_id',
  project_id: 'project_id',
  created_at: 'created_at',
  updated_at: 'updated_at',
};
const common = { ...nameless, name: 'name' };

/** The column behind each field that filters and sorts. */
export const listFields = {
  networks: {
    ...common,
    admin_state_up: 'admin_state_up',
    shared: 'shared',
    'router:external': 'external',
    mtu: 'mtu',
    port_security_enabled: 'port_security_enabled',
  },
  subnets: {
    ...common,
    network_id: 'network_id',
    ip_version: 'ip_version',
    cidr: 'cidr',
    gateway_ip: 'gateway_ip',
    enable_dhcp: 'enable_dhcp',
  },
  ports: {
    ...common,
    network_id: 'network_id',
    mac_address: 'mac_address',
    admin_state_up: 'admin_state_up',
    status: 'status',
    device_id: 'device_id',
    device_owner: 'device_owner',
    port_security_enabled: 'port_security_enabled',
  },
  groups: common,
  rules: {
    ...nameless,
    security_group_id: 'group_id',
    direction: 'direction',
    ethertype: 'ethertype',
    protocol: 'protocol',
    port_range_min: 'port_min',
    port_range_max: 'port_max',
    remote_ip_prefix: 'remote_cidr',
    remote_group_id: 'remote_group_id',
  },
} as const satisfies Record<string, Readonly<Record<string, string>>>;

const BOOLEANS = ['admin_state_up', 'shared', 'external', 'enable_dhcp', 'port_security_enabled'];

/** The query by columns; a field that does not filter is refused by name, lest a misspelt filter find everything. */
export function pageQueryOf(fields: Readonly<Record<string, string>>, query: ListQuery): PageQuery {
  const columnOf = (field: string, use: string): string => {
    const column = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (column === undefined) throw invalidInput(use, `'${field}' is no field for that.`);
    return column;
  };
  const columns = Object.entries(query.filters).map(([field, values]) => {
    const column = columnOf(field, 'filter');
    return [column, BOOLEANS.includes(column) ? values.map(truthOf) : values] as const;
  });
  return {
    columns: Object.fromEntries(columns),
    sort: query.sort.map(({ key, direction }) => ({ column: columnOf(key, 'sort_key'), direction })),
    limit: query.limit,
    ...(query.marker !== undefined && { marker: query.marker }),
  };
}

const TRUTHS: Readonly<Record<string, string>> = { '1': 'true', '0': 'false' };

/** True, true and 1 are one value, as the database writes it. */
const truthOf = (text: string): string => TRUTHS[text] ?? text.toLowerCase();
