/** The APIs of a cloud as targets of bad input: paths, valid bodies, and the shape of faults. */
import type { PortName } from '../../src/cmd/nova-config.ts';
import type { Answer } from './ask.ts';

const uuid = '00000000-0000-4000-8000-000000000000';

/** Placeholders in the bodies below for things of the cloud under test; replaced before sending. */
export const placeholders = {
  image: '00000000-0000-4000-8000-00000000000a',
  network: '00000000-0000-4000-8000-00000000000b',
  subnet: '00000000-0000-4000-8000-00000000000c',
  group: '00000000-0000-4000-8000-00000000000d',
} as const;

/** Whether an answer is a fault in the shape of its service. */
export type Shape = (answer: Answer) => boolean;
const isText = (value: unknown): boolean => typeof value === 'string' && value.length > 0;
/** Identity's fault shape, which most services use for errors outside their routes. */
export const keystone: Shape = ({ status, body }) => body?.error?.code === status && isText(body.error.title) && isText(body.error.message);

/** One API: its fault shape, and where to attack it. */
export interface Target {
  readonly service: PortName;
  readonly shape: Shape;
  /** `{id}` is where a hostile id goes. */
  readonly paths: readonly string[];
  readonly bodies: readonly { readonly method: string; readonly path: string; readonly body: object }[];
}

/** Every API that speaks OpenStack. */
export const targets: readonly Target[] = [
  {
    service: 'compute',
    shape: (answer) => {
      // Shared code checks the token, and at the root no API applies yet.
      if ((answer.status === 401 || answer.status === 404) && keystone(answer)) return true;
      const [name = '', fault] = Object.entries<{ code: number; message: string }>(answer.body ?? {})[0] ?? [];
      return /^[a-zA-Z]+$/.test(name) && name !== 'error' && fault?.code === answer.status && isText(fault?.message);
    },
    paths: [
      '/v2.1/servers/{id}',
      '/v2.1/servers/{id}/action',
      '/v2.1/flavors/{id}',
      '/v2.1/flavors/{id}/os-extra_specs',
      '/v2.1/os-keypairs/{id}',
      '/v2.1/{id}',
      '/{id}',
      '/v2.1/servers?marker={id}',
      '/v2.1/servers/detail?limit={id}',
      '/v2.1/servers/detail?name={id}',
      '/v2.1/flavors/detail?is_public={id}',
    ],
    bodies: [
      {
        method: 'POST',
        path: '/v2.1/servers',
        body: {
          server: {
            name: 'x',
            flavorRef: '42',
            imageRef: placeholders.image,
            networks: [{ uuid: placeholders.network }],
            metadata: { a: 'b' },
            min_count: 1,
            max_count: 1,
            security_groups: [{ name: 'default' }],
            user_data: 'aGk=',
            availability_zone: 'nova',
            config_drive: true,
          },
          'os:scheduler_hints': { different_host: uuid },
        },
      },
      { method: 'POST', path: '/v2.1/os-keypairs', body: { keypair: { name: 'x', public_key: 'ssh-rsa AAAA x' } } },
      { method: 'POST', path: `/v2.1/servers/${uuid}/action`, body: { reboot: { type: 'SOFT' } } },
      { method: 'POST', path: `/v2.1/servers/${uuid}/action`, body: { 'os-getConsoleOutput': { length: 3 } } },
    ],
  },
  {
    service: 'identity',
    shape: keystone,
    paths: ['/v3/{id}', '/{id}', '/v3/auth/{id}', '/v3/projects/{id}', '/v3/users/{id}'],
    bodies: [
      {
        method: 'POST',
        path: '/v3/auth/tokens',
        body: {
          auth: {
            identity: { methods: ['password'], password: { user: { name: 'demo', domain: { name: 'Default' }, password: 'wrong' } } },
            scope: { project: { name: 'demo', domain: { id: 'default' } } },
          },
        },
      },
      { method: 'POST', path: '/v3/auth/tokens', body: { auth: { identity: { methods: ['token'], token: { id: 'x' } } } } },
    ],
  },
  {
    service: 'image',
    shape: (answer) => (answer.status === 401 ? keystone(answer) : isText(answer.body?.message) && isText(answer.body?.title)),
    paths: [
      '/v2/images/{id}',
      '/v2/images/{id}/file',
      '/v2/{id}',
      '/{id}',
      '/v2/images?name={id}',
      '/v2/images?marker={id}',
      '/v2/images?limit={id}',
    ],
    bodies: [
      {
        method: 'POST',
        path: '/v2/images',
        body: { name: 'x', disk_format: 'raw', container_format: 'bare', min_disk: 1, visibility: 'private', tags: ['a'], custom: 'b' },
      },
    ],
  },
  {
    service: 'network',
    shape: (answer) =>
      answer.status === 401
        ? keystone(answer)
        : isText(answer.body?.NeutronError?.type) &&
          isText(answer.body.NeutronError.message) &&
          answer.body.NeutronError.detail !== undefined,
    paths: [
      '/v2.0/networks/{id}',
      '/v2.0/subnets/{id}',
      '/v2.0/ports/{id}',
      '/v2.0/security-groups/{id}',
      '/v2.0/security-group-rules/{id}',
      '/v2.0/routers/{id}',
      '/v2.0/floatingips/{id}',
      '/v2.0/{id}',
      '/{id}',
      '/v2.0/ports?device_id={id}',
      '/v2.0/networks?limit={id}',
      '/v2.0/networks?id={id}',
    ],
    bodies: [
      { method: 'POST', path: '/v2.0/networks', body: { network: { name: 'x', admin_state_up: true, mtu: 1400, shared: false } } },
      {
        method: 'POST',
        path: '/v2.0/subnets',
        body: {
          subnet: {
            network_id: placeholders.network,
            ip_version: 4,
            cidr: '10.99.0.0/24',
            gateway_ip: '10.99.0.1',
            enable_dhcp: true,
            allocation_pools: [{ start: '10.99.0.5', end: '10.99.0.9' }],
            dns_nameservers: ['9.9.9.9'],
            host_routes: [{ destination: '10.98.0.0/24', nexthop: '10.99.0.2' }],
          },
        },
      },
      {
        method: 'POST',
        path: '/v2.0/ports',
        body: {
          port: {
            network_id: placeholders.network,
            name: 'x',
            fixed_ips: [{ subnet_id: placeholders.subnet }],
            mac_address: 'fa:16:3e:00:00:01',
            device_id: uuid,
            security_groups: [placeholders.group],
            allowed_address_pairs: [{ ip_address: '10.20.0.8' }],
          },
        },
      },
      {
        method: 'POST',
        path: '/v2.0/routers',
        body: { router: { name: 'x', external_gateway_info: { network_id: placeholders.network, enable_snat: true } } },
      },
      {
        method: 'POST',
        path: '/v2.0/floatingips',
        body: { floatingip: { floating_network_id: placeholders.network, port_id: uuid, fixed_ip_address: '10.20.0.8' } },
      },
      { method: 'POST', path: '/v2.0/security-groups', body: { security_group: { name: 'x', description: 'y' } } },
      {
        method: 'POST',
        path: '/v2.0/security-group-rules',
        body: {
          security_group_rule: {
            security_group_id: placeholders.group,
            direction: 'ingress',
            ethertype: 'IPv4',
            protocol: 'tcp',
            port_range_min: 1,
            port_range_max: 2,
            remote_ip_prefix: '10.0.0.0/8',
          },
        },
      },
    ],
  },
];

/** Ports of other APIs: tested only for surviving. */
export const others: readonly { service: PortName; paths: readonly string[] }[] = [
  { service: 'metadata', paths: ['/{id}', '/latest/meta-data/{id}', '/openstack/latest/{id}', '/openstack/{id}'] },
  { service: 'operator', paths: ['/{id}', '/os-trace/{id}', '/os-placement/{id}', '/events'] },
];
