// Hosts and requests for the tests of filters, weights and decisions.
import { sampleFlavor } from '../../test/support/sample-server.ts';
import { asId, type HostName, type ServerId } from '../objects/ids.ts';
import type { Inventory } from '../objects/resources.ts';
import { type Filter, pass, type Verdict } from './filters/filter.ts';
import type { HostState } from './host-state.ts';
import { defaultOptions, type SchedulerOptions } from './options.ts';
import type { RequestSpec, ResolvedRequest } from './request.ts';

/** All free, with an allocation ratio of 1, unless overridden. */
export const sampleInventory = (total: number, more: Partial<Inventory> = {}): Inventory => ({
  total,
  reserved: 0,
  allocationRatio: 1,
  used: 0,
  ...more,
});

/** A live host with 8 CPUs, 16 GB of memory and 100 GB of disk, all free. */
export const sampleHost = (name: string, more: Partial<HostState> = {}): HostState => ({
  host: asId<HostName>(name),
  zone: 'nova',
  vcpus: 8,
  inventories: { VCPU: sampleInventory(8), MEMORY_MB: sampleInventory(16_384), DISK_GB: sampleInventory(100) },
  hypervisorType: 'QEMU',
  hypervisorVersion: 9_000_000,
  supportedInstances: [['x86_64', 'qemu', 'hvm']],
  disabled: false,
  disabledReason: null,
  forcedDown: false,
  silentSeconds: undefined,
  up: true,
  freeRamMb: 16_384,
  freeVcpus: 8,
  freeDiskGb: 100,
  node: name,
  hostIp: '192.0.2.1',
  cpuInfo: {},
  capabilities: [],
  traits: new Set(),
  topology: null,
  placedGuests: [],
  devices: [],
  heldDevices: [],
  metrics: {},
  failedBuilds: 0,
  servers: 0,
  busyServers: 0,
  aggregates: [],
  hintedServers: [],
  ...more,
});

/** A request for 1 CPU, 512 MB and 1 GB on any host. */
export const sampleRequest = ({
  flavor,
  ...more
}: Partial<Omit<ResolvedRequest, 'flavor'>> & { flavor?: Partial<RequestSpec['flavor']> } = {}): ResolvedRequest => ({
  serverId: asId<ServerId>('s-1'),
  projectId: 'p-1',
  flavor: { ...sampleFlavor, ...flavor },
  image: null,
  zone: null,
  hints: {},
  excludedHosts: [],
  requestedHost: null,
  ...more,
});

/** One filter's verdict on one host. */
export const verdictOf = (filter: Filter, host: HostState, request: ResolvedRequest, options: Partial<SchedulerOptions> = {}): Verdict =>
  filter.checkFor(request, { ...defaultOptions, ...options })?.(host) ?? pass;
