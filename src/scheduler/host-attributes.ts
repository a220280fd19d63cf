/** The attributes of a host by Nova's names, as flavors (`capabilities:...`) and the hint `query` name them. */
import { resourceClass } from '../objects/resources.ts';
import type { HostState } from './host-state.ts';

const MIB_IN_GIB = 1024;

type Read = (host: HostState) => unknown;

const memory = ({ inventories }: HostState) => inventories[resourceClass.memoryMb];
const disk = ({ inventories }: HostState) => inventories[resourceClass.diskGb];

const attributes: Readonly<Record<string, Read>> = {
  host: ({ host }) => host,
  hypervisor_hostname: ({ node }) => node,
  nodename: ({ node }) => node,
  host_ip: ({ hostIp }) => hostIp,
  hypervisor_type: ({ hypervisorType }) => hypervisorType,
  hypervisor_version: ({ hypervisorVersion }) => hypervisorVersion,
  supported_instances: ({ supportedInstances }) => supportedInstances,
  cpu_info: ({ cpuInfo }) => cpuInfo,
  free_ram_mb: ({ freeRamMb }) => freeRamMb,
  free_disk_mb: ({ freeDiskGb }) => freeDiskGb * MIB_IN_GIB,
  total_usable_ram_mb: (host) => memory(host)?.total ?? 0,
  total_usable_disk_gb: (host) => disk(host)?.total ?? 0,
  disk_mb_used: (host) => (disk(host)?.used ?? 0) * MIB_IN_GIB,
  vcpus_total: ({ vcpus }) => vcpus,
  vcpus_used: ({ inventories }) => inventories[resourceClass.vcpu]?.used ?? 0,
  num_instances: ({ servers }) => servers,
  num_io_ops: ({ busyServers }) => busyServers,
  failed_builds: ({ failedBuilds }) => failedBuilds,
  metrics: ({ metrics }) => metrics,
};

/** The value at a path, `['cpu_info', 'topology', 'cores']`; undefined where there is none. */
export function attributeOf(host: HostState, [first = '', ...rest]: readonly string[]): unknown {
  let value: unknown = Object.hasOwn(attributes, first) ? attributes[first]?.(host) : undefined;
  for (const key of rest) value = isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return value;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
