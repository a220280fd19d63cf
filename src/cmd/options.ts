/** Every option of the program, with the names and defaults that operators know from Nova. Code reads each of them. */
import { isIP } from 'node:net';
import { option, optionGroup } from '../lib/config/option.ts';
import { boolean, checked, float, integer, json, list, matching, multi, oneOf, text } from '../lib/config/value-type.ts';
import { databaseUrlProblem } from '../db/connect/database-url.ts';
import { transportUrlProblem } from '../lib/rpc/bus-for.ts';
import { policyFileProblem } from '../policy/override-file.ts';
import { ec2, objectstore } from './amazon-options.ts';
import { notifications, osloMessagingNotifications, osloMessagingRabbit } from './notification-options.ts';
import { consoleauth, consoles, serialConsole, spice, vnc } from './console-options.ts';
import { filterScheduler, metrics, scheduler } from './scheduler-options.ts';
import { cpuModes } from '../virt/libvirt/definition/domain-parts.ts';
import { faultsProblem } from '../virt/fake/faults.ts';
import { simulatedDevicesProblem } from '../virt/fake/devices.ts';
import { topologyProblem } from '../virt/fake/topology.ts';
import { compute, reservedHugePages } from './cpu-options.ts';
import { pci } from './pci-options.ts';
import { serviceGroup, zookeeper } from './service-group-options.ts';
import { limitsOfStates } from './state-limit-options.ts';
import { limit, publicEndpoint } from './option-kinds.ts';
import { boots } from './boot-options.ts';
import { usageAudits } from './usage-audit-options.ts';
import { volume } from './volume-options.ts';
import { GUEST_NAME_TEMPLATE } from '../objects/guest-name.ts';
import { snapshotFormats } from '../objects/server-image.ts';

/** What the defaults depend on. */
export interface Machine {
  readonly isRoot: boolean;
  readonly hostname: string;
}

/** The groups of options, with the defaults that suit a machine. */
export const novaOptions = (machine: Machine) =>
  [
    base(machine),
    api,
    osloMiddleware,
    identity,
    database,
    libvirt,
    compute,
    imageCache,
    fake,
    scheduler,
    filterScheduler,
    metrics,
    quota,
    networkQuotas,
    token,
    securityCompliance,
    neutron,
    network(machine),
    image,
    volume,
    objectstore,
    ec2,
    policy,
    trace,
    notifications,
    osloMessagingNotifications,
    osloMessagingRabbit,
    vnc,
    spice,
    serialConsole,
    consoleauth,
    consoles,
    zookeeper,
    pci,
  ] as const;

/** Host names are part of file names, queues and network namespaces. */
const HOST_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,252}$/;

const base = ({ isRoot, hostname }: Machine) =>
  optionGroup('DEFAULT', {
    state_path: option(text(), {
      default: isRoot ? '/var/lib/nova-ts' : './var',
      help: 'All state: database, images, instances, keys.',
      env: 'NOVA_STATE_DIR',
    }),
    host: option(matching(HOST_NAME, 'host name'), { default: hostname, help: "This compute host's name.", env: 'NOVA_HOST' }),
    my_ip: option(text(), { default: '127.0.0.1', help: 'Address of this host as other hosts see it.' }),
    debug: option(boolean(), { default: false, help: 'Log everything.' }),
    log_file: option(text(), { help: 'Log to this file instead of standard error.' }),
    max_logfile_size_mb: option(integer({ min: 1 }), { default: 20, help: 'Size at which log_file is moved to log_file.1, MiB.' }),
    transport_url: option(checked('transport URL', transportUrlProblem), {
      default: 'memory://',
      help: 'The queue: memory:// or amqp://user:password@host:port/vhost.',
      env: 'NOVA_TRANSPORT_URL',
      secret: true,
    }),
    control_exchange: option(text(), { default: 'nova', help: 'Exchange of notifications.' }),
    compute_driver: option(oneOf(['auto', 'libvirt', 'fake']), {
      default: 'auto',
      help: 'The hypervisor; auto uses libvirt if it can run a guest, else fake.',
      env: 'NOVA_VIRT_DRIVER',
    }),
    instance_name_template: option(matching(GUEST_NAME_TEMPLATE, 'template with one of %x, %08x, %d, %(uuid)s'), {
      default: 'instance-%08x',
      help: 'Names of new guests at the hypervisor. Clouds that share a hypervisor need different ones.',
    }),
    internal_service_availability_zone: option(text(), {
      default: 'internal',
      help: 'Zone in which services that run no guests are shown.',
    }),
    default_availability_zone: option(text(), { default: 'nova', help: 'Zone of hosts that are in no other.' }),
    config_drive_format: option(oneOf(['iso9660', 'vfat']), { default: 'iso9660', help: 'File system of config drives on this host.' }),
    force_config_drive: option(boolean(), { default: false, help: 'Give every new server a config drive.' }),
    cpu_allocation_ratio: option(float({ min: 0 }), { default: 4, help: 'Virtual CPUs allocated per physical CPU.' }),
    ram_allocation_ratio: option(float({ min: 0 }), { default: 1, help: 'Memory allocated per unit of physical memory.' }),
    disk_allocation_ratio: option(float({ min: 0 }), { default: 1, help: 'Disk allocated per unit of physical disk.' }),
    reserved_host_memory_mb: option(integer({ min: 0 }), { default: 512, help: 'Memory reserved for the host, MiB.' }),
    reserved_huge_pages: reservedHugePages,
    allow_resize_to_same_host: option(boolean(), {
      default: true,
      help: 'Whether a resize may leave a server on its host; Nova excludes it by default, so that a cloud of one host cannot resize.',
    }),
    ...limitsOfStates,
    ...usageAudits,
    ...boots,
    max_concurrent_snapshots: option(integer({ min: 0 }), {
      default: 5,
      help: 'Disks that one host copies into images at a time; 0 is unlimited.',
    }),
    max_concurrent_live_migrations: option(integer({ min: 0 }), { default: 1, help: 'Guests that leave a host live at a time, if not 0.' }),
    report_interval: option(integer({ min: 1 }), { default: 10, help: 'Seconds between heartbeats of a service.' }),
    service_down_time: option(integer({ min: 1 }), { default: 60, help: 'Seconds without a heartbeat until a service counts as down.' }),
    ...serviceGroup,
    sync_power_state_interval: option(integer({ min: -1 }), {
      default: 600,
      help: 'Seconds between comparisons of recorded and real power states; -1 is never.',
    }),
  });

const api = optionGroup('api', {
  listen: option(text(), { default: '127.0.0.1', help: 'Address of all APIs.', env: 'NOVA_LISTEN' }),
  port_offset: option(integer({ min: 0, max: 55_000 }), { default: 0, help: 'Added to every default port.', env: 'NOVA_PORT_OFFSET' }),
  max_limit: option(integer({ min: 1 }), { default: 1000, help: 'Longest page of a list.' }),
  enable_instance_password: option(boolean(), {
    default: true,
    help: "Tell the administrator's password of a new guest in the answer (adminPass).",
  }),
  max_requests: option(integer({ min: 1 }), {
    default: 1000,
    help: 'Concurrent requests per API; further ones are answered 503 with Retry-After.',
  }),
  max_requests_per_project: option(integer({ min: 0 }), {
    default: 500,
    help: 'Concurrent requests of one project, in all APIs of a program; further ones are answered 429 with Retry-After. 0 is unlimited.',
  }),
  compute_link_prefix: option(text(), {
    help: 'Start of the links of the compute API and of its address in the catalog, such as https://cloud.example.com/compute.',
  }),
  glance_link_prefix: option(text(), {
    help: 'Start of the links to images that the compute API shows before 2.36; unset: the address of the image API in the catalog.',
  }),
  max_event_loop_lag: option(float({ min: 0.1 }), {
    default: 2,
    help: 'Seconds of event loop lag at which the APIs of a program answer 503.',
  }),
});

const identity = optionGroup('identity', { public_endpoint: publicEndpoint('identity') });

const osloMiddleware = optionGroup('oslo_middleware', {
  enable_proxy_headers_parsing: option(boolean(), {
    default: false,
    help: 'Believe Forwarded or X-Forwarded-Proto, -Host, -Port, -Prefix and -For. Only for APIs that are reached through a proxy alone.',
  }),
});

const database = optionGroup('database', {
  connection: option(checked('PostgreSQL URL', databaseUrlProblem), {
    help: 'postgres://...; unset means an embedded PostgreSQL in the state directory.',
    env: 'NOVA_DATABASE_URL',
    secret: true,
  }),
  keep_deleted_days: option(integer({ min: 1 }), {
    default: 90,
    help: 'Days that deleted servers and images are kept, with their instance actions; events and decisions are kept as long.',
  }),
});

const libvirt = optionGroup('libvirt', {
  connection_uri: option(
    checked('libvirt URI', (uri) => (URL.canParse(uri) ? undefined : 'is malformed; it looks like qemu:///system')),
    { help: 'The daemon; unset means qemu:///system.' },
  ),
  daemon: option(oneOf(['auto', 'system', 'private']), {
    default: 'auto',
    help: "Which libvirtd: system is the machine's, private is one started in its own network namespace, auto the first of these that is available.",
    env: 'NOVA_LIBVIRT_DAEMON',
  }),
  rescue_image_id: option(text(), { help: "Image for rescues that name none; unset means the server's own." }),
  snapshot_image_format: option(oneOf(snapshotFormats), {
    default: 'qcow2',
    help: 'Disk format of images of servers. The compute API reads it, which makes their records.',
  }),
  cpu_mode: option(oneOf(cpuModes), {
    help: 'Processor of guests; unset: host-model. Emulated guests have the best that QEMU emulates, instead of that of the host.',
  }),
  cpu_models: option(list(text()), {
    default: [],
    help: 'With cpu_mode custom: the first is the processor of guests, by its name for libvirt.',
  }),
  cpu_model_extra_flags: option(list(text()), {
    default: [],
    help: 'Features of the processor to add, or with - before them to take away.',
  }),
  virt_type: option(oneOf(['auto', 'qemu', 'kvm']), { default: 'auto', help: 'auto uses kvm if a trial guest booted with it.' }),
  device_detach_attempts: option(integer({ min: 1 }), {
    default: 8,
    help: 'How often a running guest is asked to release a device before detaching it fails.',
  }),
  device_detach_timeout: option(integer({ min: 1 }), {
    default: 20,
    help: 'Seconds to wait each time for the guest to release the device.',
  }),
  live_migration_uri: option(text(), {
    help: 'Where other hosts reach the libvirtd of this one, with %s for its address; unset: by live_migration_scheme. Private hosts use sockets instead.',
  }),
  live_migration_scheme: option(oneOf(['tcp', 'tls', 'ssh']), {
    default: 'tls',
    help: 'How they reach it; needs a libvirtd that takes this in.',
  }),
  live_migration_inbound_addr: option(text(), { help: 'Address at which this host takes guests in; unset: my_ip.' }),
  live_migration_with_native_tls: option(boolean(), {
    default: false,
    help: 'Encrypt what QEMU sends; needs certificates for it on all hosts.',
  }),
  live_migration_bandwidth: option(integer({ min: 0 }), { default: 0, help: 'MiB a second of one live migration; 0 is unlimited.' }),
  live_migration_downtime: option(integer({ min: 100 }), {
    default: 500,
    help: 'Milliseconds for which a live migration may stop a guest at its end.',
  }),
  live_migration_downtime_steps: option(integer({ min: 3 }), { default: 10, help: 'Steps in which the downtime grows to its maximum.' }),
  live_migration_downtime_delay: option(integer({ min: 3 }), { default: 75, help: 'Seconds between these steps, for each GiB to move.' }),
  live_migration_completion_timeout: option(integer({ min: 0 }), {
    default: 800,
    help: 'Seconds for each GiB to move, after which a live migration is ended; 0 is never.',
  }),
  live_migration_timeout_action: option(oneOf(['abort', 'force_complete']), { default: 'abort', help: 'How it is ended then.' }),
  live_migration_permit_post_copy: option(boolean(), {
    default: false,
    help: 'Whether a live migration that is forced to complete lets the guest run on its new host before its memory is there.',
  }),
  live_migration_permit_auto_converge: option(boolean(), {
    default: false,
    help: 'Whether a live migration slows a guest down that changes its memory too fast.',
  }),
});

const imageCache = optionGroup('image_cache', {
  manager_interval: option(integer({ min: -1 }), {
    default: 2400,
    help: 'Seconds between two looks for unused images in the cache of a host; 0 is the default rate of 60, -1 is never.',
  }),
  remove_unused_base_images: option(boolean(), { default: true, help: 'Remove images from the cache of a host when they are unused.' }),
  remove_unused_original_minimum_age_seconds: option(integer({ min: 0 }), {
    default: 86_400,
    help: 'Seconds that an image stays in the cache of a host after its last use.',
  }),
  precache_concurrency: option(integer({ min: 1 }), {
    default: 1,
    help: 'Hosts of an aggregate that fetch images at a time, when they are told to cache them.',
  }),
});

const fake = optionGroup('fake', {
  topology: option(checked('topology', topologyProblem), {
    help: 'Nodes, cores of each and threads of a core of simulated hosts, such as 2x4x2; unset: they give no CPUs or pages to single guests.',
  }),
  pci_devices: option(list(checked('devices', simulatedDevicesProblem)), {
    default: [],
    help: 'PCI devices of each simulated host: COUNTxVENDOR:PRODUCT or COUNTxVENDOR:PRODUCT@NODE, such as 8x10de:1eb8@0.',
  }),
  hosts: option(integer({ min: 1, max: 10_000 }), {
    default: 1,
    help: 'Simulated compute hosts in this process.',
    env: 'NOVA_FAKE_HOSTS',
  }),
  faults: option(json(faultsProblem), { help: 'Delays and failure rates per driver call.', env: 'NOVA_FAKE_FAULTS' }),
});

const quota = optionGroup('quota', {
  instances: limit('Servers per project', 10),
  cores: limit('Virtual CPUs per project', 20),
  ram: limit('Memory per project, MiB', 51_200),
  metadata_items: limit('Metadata items per server', 128),
  key_pairs: limit('Keypairs per user', 100),
  server_groups: limit('Server groups per project', 10),
  server_group_members: limit('Servers per server group', 10),
  injected_files: limit('Files injected per request', 5),
  injected_file_content_bytes: limit('Bytes per injected file', 10_240),
  injected_file_path_length: limit('Bytes in the path of an injected file', 255),
});

/** Neutron's own section, beside Nova's of a similar name. */
const networkQuotas = optionGroup('quotas', {
  quota_network: limit('Networks per project', 100),
  quota_subnet: limit('Subnets per project', 100),
  quota_port: limit('Ports per project', 500),
  quota_security_group: limit('Security groups per project', 10),
  quota_security_group_rule: limit('Rules of security groups per project', 100),
  quota_router: limit('Routers per project', 10),
  quota_floatingip: limit('Floating IPs per project', 50),
  quota_subnetpool: limit('Subnet pools per project', -1),
  quota_rbac_policy: limit('RBAC policies of networks per project', 10),
});

const token = optionGroup('token', {
  expiration: option(integer({ min: 60, max: 31_536_000 }), { default: 86_400, help: 'Seconds until a token expires.' }),
  key_rotation_interval: option(integer({ min: 3600 }), {
    default: 604_800,
    help: 'Seconds until a new key signs tokens; an older key stays valid until the last token that it signed expires.',
  }),
});

const securityCompliance = optionGroup('security_compliance', {
  lockout_failure_attempts: option(integer({ min: 1, max: 1000 }), {
    default: 10,
    help: 'Wrong passwords for one user from one address before logins are locked out; each further one doubles the lockout.',
  }),
  lockout_duration: option(integer({ min: 1, max: 86_400 }), {
    default: 60,
    help: 'Longest lockout after a wrong password, in seconds.',
  }),
});

const neutron = optionGroup('neutron', {
  default_floating_pool: option(text(), {
    default: 'public',
    help: 'External network of the floating IPs that clients of the compute API ask for without naming one.',
  }),
  metadata_proxy_shared_secret: option(text(), {
    help: 'Secret with which the metadata proxy signs the identity of a guest; if unset, generated once and kept in the database.',
    secret: true,
  }),
});

const network = ({ isRoot }: Machine) =>
  optionGroup('network', {
    public_endpoint: publicEndpoint('network'),
    driver: option(oneOf(['auto', 'flat-dhcp', 'fake']), { default: 'auto', help: 'auto uses flat-dhcp with libvirt, else fake.' }),
    egress: option(oneOf(['nat', 'none']), {
      default: isRoot ? 'nat' : 'none',
      help: 'nat lets real guests reach, by their router, what the machine reaches; it needs root.',
      env: 'NOVA_NETWORK_EGRESS',
    }),
    tunnel_ip: option(
      checked('IP address', (address) => (isIP(address) ? undefined : 'is no IP address')),
      {
        help: 'Address by which other hosts reach the guests of this one; unset: they do not, but for private hosts of one machine.',
      },
    ),
    dhcp_domain: option(text(), { default: 'novalocal', help: 'Domain of guests.' }),
    dhcp_lease_time: option(integer({ min: 120 }), { default: 86_400, help: 'Seconds that an address is leased.' }),
  });

const image = optionGroup('image', {
  public_endpoint: publicEndpoint('image'),
  max_size_bytes: option(integer({ min: 1 }), { default: 1024 ** 4, help: 'Largest image, in bytes.' }),
});

const policy = optionGroup('oslo_policy', {
  policy_file: option(multi(checked('policy file', policyFileProblem)), {
    default: [],
    help: 'YAML files of rules that override the defaults; the last one wins.',
  }),
});

const trace = optionGroup('trace', {
  keep_hours: option(integer({ min: 1 }), { default: 168, help: 'Hours that traces of requests are kept.' }),
  keep_hops: option(integer({ min: 1000 }), { default: 1_000_000, help: 'Hops of traces that are kept; the oldest are deleted first.' }),
});
