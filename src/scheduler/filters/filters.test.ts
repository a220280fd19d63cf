import type { GroupPolicy } from '../../objects/server-group.ts';
import { serverGroupAffinityFilter, serverGroupAntiAffinityFilter } from './server-group.ts';
import { expect, test } from 'vitest';
import { asId, type HostName, type ImageId } from '../../objects/ids.ts';
import type { ImageMeta } from '../../objects/image.ts';
import type { HostState } from '../host-state.ts';
import { defaultOptions, type SchedulerOptions, weightingOf } from '../options.ts';
import { sampleHost, sampleInventory, sampleRequest, verdictOf } from '../scheduler-samples.ts';
import { aggregateInstanceExtraSpecsFilter } from './aggregate-extra-specs.ts';
import { aggregateImagePropertiesIsolation } from './aggregate-image-properties.ts';
import { aggregateMultiTenancyIsolation } from './aggregate-multi-tenancy.ts';
import { aggregateCoreFilter, aggregateDiskFilter, aggregateRamFilter } from './aggregate-ratios.ts';
import { availabilityZoneFilter } from './availability-zone.ts';
import { computeFilter } from './compute.ts';
import { simpleCidrAffinityFilter } from './cidr-affinity.ts';
import { computeCapabilitiesFilter } from './compute-capabilities.ts';
import { aggregateIoOpsFilter, aggregateNumInstancesFilter, ioOpsFilter, numInstancesFilter } from './counted-servers.ts';
import { isolatedHostsFilter } from './isolated-hosts.ts';
import { jsonFilter } from './json.ts';
import { metricsFilter } from './metrics.ts';
import { numaTopologyFilter } from './numa-topology.ts';
import { pciPassthroughFilter } from './pci-passthrough.ts';
import { resourcesFilter } from './resources.ts';
import { traitsFilter } from './traits.ts';
import { aggregateTypeAffinityFilter, typeAffinityFilter } from './type-affinity.ts';
import { coreFilter } from './core.ts';
import { differentHostFilter } from './different-host.ts';
import { diskFilter } from './disk.ts';
import { exactRamFilter } from './exact-ram.ts';
import { type Filter, pass, reject } from './filter.ts';
import { allFilters, alwaysOn } from './index.ts';
import { meets } from './spec-operators.ts';
import { imagePropertiesFilter } from './image-properties.ts';
import { ramFilter } from './ram.ts';
import { requestedHostFilter } from './requested-host.ts';
import { retryFilter } from './retry.ts';
import { sameHostFilter } from './same-host.ts';

type Wanted = Parameters<typeof sampleRequest>[0];
type Case = [filter: Filter, host: Partial<HostState>, wanted: Wanted, because: string | undefined, options?: Partial<SchedulerOptions>];

const host = asId<HostName>('host-1');

const imageWith = (properties: Record<string, string>): ImageMeta => ({
  id: asId<ImageId>('i-1'),
  name: 'tiny',
  diskFormat: 'raw',
  containerFormat: 'bare',
  sizeBytes: 1,
  virtualSizeBytes: null,
  hash: '',
  minDiskGb: 0,
  minRamMb: 0,
  properties,
});

const flavorWith = (extraSpecs: Record<string, string>) => ({ flavor: { extraSpecs } });

const inAggregates = (...all: readonly Record<string, string>[]) => ({ aggregates: all.map((metadata, id) => ({ id, metadata })) });

/** One node of four CPUs, of which two are for single guests. */
const oneNode = {
  topology: [
    {
      id: 0,
      shared: [0, 1],
      dedicated: [2, 3],
      cores: [[0], [1], [2], [3]],
      memoryMb: 1_024,
      pages: [{ sizeKib: 4, total: 262_144, reserved: 0 }],
    },
  ],
};
const pinned = (vcpus: number) => ({ flavor: { vcpus, extraSpecs: { 'hw:cpu_policy': 'dedicated' } } });
const holding = (held: number[]) => {
  const nodes = [{ hostNode: 0, cpus: [0], memoryMb: 64, pins: [], floatsOn: [], held, threads: 1 }];
  return { ...oneNode, placedGuests: [{ serverId: 's', numa: { nodes, pageKib: null, emulatorOn: null } }] };
};

const device = (address: string) => ({
  address,
  vendorId: '10de',
  productId: '1eb8',
  type: 'type-PCI' as const,
  node: null,
  resourceClass: 'CUSTOM_GPU',
  traits: [],
  isManaged: true,
});
const gpus = { devices: [device('0000:81:00.0'), device('0000:82:00.0')] };
const wantsGpus = (count: number) => ({
  flavor: { devices: [{ alias: 'gpu', count, anyOf: [{ vendorId: '10de' }], numaPolicy: 'legacy' as const }] },
});

const cases: readonly Case[] = [
  [pciPassthroughFilter, {}, {}, undefined],
  [pciPassthroughFilter, gpus, wantsGpus(2), undefined],
  [pciPassthroughFilter, {}, wantsGpus(1), 'wants 1 PCI device gpu, has 0 free of 0'],
  [
    pciPassthroughFilter,
    { ...gpus, heldDevices: [{ serverId: 's', addresses: ['0000:81:00.0'] }] },
    wantsGpus(2),
    'wants 2 PCI devices gpu, has 1 free of 2',
  ],
  [numaTopologyFilter, {}, {}, undefined],
  [numaTopologyFilter, {}, pinned(1), 'it has reported no topology'],
  [numaTopologyFilter, oneNode, pinned(2), undefined],
  [numaTopologyFilter, oneNode, pinned(3), 'wants 3 dedicated CPUs on one node, has 2'],
  [numaTopologyFilter, holding([2]), pinned(2), 'wants 2 dedicated CPUs on one node, has 1'],
  [numaTopologyFilter, oneNode, flavorWith({ 'hw:mem_page_size': 'large' }), 'wants large pages, has none'],
  [resourcesFilter, {}, {}, undefined],
  [resourcesFilter, {}, pinned(2), '0 PCPU free, 2 wanted'],
  [resourcesFilter, { inventories: { PCPU: sampleInventory(2) } }, pinned(2), undefined],
  [resourcesFilter, {}, flavorWith({ 'resources:CUSTOM_LICENCE': '1' }), '0 CUSTOM_LICENCE free, 1 wanted'],
  [
    resourcesFilter,
    { inventories: { CUSTOM_LICENCE: sampleInventory(2, { used: 1 }) } },
    flavorWith({ 'resources1:CUSTOM_LICENCE': '1', 'resources2:CUSTOM_LICENCE': '1' }),
    '1 CUSTOM_LICENCE free, 2 wanted',
  ],
  [
    resourcesFilter,
    {},
    flavorWith({ 'resources1:VCPU': '1', 'resources_b:VCPU': '1', group_policy: 'isolate' }),
    'one provider, 2 wanted by group_policy=isolate',
  ],
  [resourcesFilter, {}, flavorWith({ 'resources1:VCPU': '1', group_policy: 'isolate' }), undefined],
  [ramFilter, { freeRamMb: 0 }, flavorWith({ 'resources:MEMORY_MB': '0' }), undefined],
  [exactRamFilter, { freeRamMb: 512 }, {}, undefined],
  [exactRamFilter, { freeRamMb: 513 }, {}, '513 MB of memory free, exactly 512 MB wanted'],
  [coreFilter, { vcpus: 8, freeVcpus: 2 }, flavorWith({ 'resources:VCPU': '3' }), '2 virtual CPUs free, 3 wanted'],
  [coreFilter, { vcpus: 0, freeVcpus: 0 }, pinned(2), undefined],
  [requestedHostFilter, {}, {}, undefined],
  [requestedHostFilter, {}, { requestedHost: host }, undefined],
  [requestedHostFilter, {}, { requestedHost: asId<HostName>('host-2') }, 'another host was asked for'],
  [retryFilter, {}, { excludedHosts: [asId<HostName>('host-2')] }, undefined],
  [retryFilter, {}, { excludedHosts: [host] }, 'it was tried there before and failed'],
  [computeFilter, {}, {}, undefined],
  [computeFilter, { disabled: true }, {}, 'the compute service is disabled'],
  [computeFilter, { up: false, silentSeconds: 90.4 }, {}, 'the compute service has been silent for 90 s'],
  [computeFilter, { up: false, forcedDown: true }, {}, 'the compute service was forced down'],
  [availabilityZoneFilter, {}, {}, undefined],
  [availabilityZoneFilter, {}, { zone: 'nova' }, undefined],
  [availabilityZoneFilter, {}, { zone: 'west' }, 'in zone nova, west wanted'],
  [ramFilter, { freeRamMb: 512 }, {}, undefined],
  [ramFilter, { freeRamMb: 511 }, {}, '511 MB of memory free, 512 MB wanted'],
  [ramFilter, { freeRamMb: -100 }, {}, '-100 MB of memory free, 512 MB wanted'],
  [coreFilter, { freeVcpus: 1 }, {}, undefined],
  [coreFilter, { freeVcpus: 0 }, {}, '0 virtual CPUs free, 1 wanted'],
  [coreFilter, { vcpus: 4, freeVcpus: 4 }, { flavor: { vcpus: 4 } }, undefined],
  [coreFilter, { vcpus: 2, freeVcpus: 32 }, { flavor: { vcpus: 4 } }, '2 CPUs in all, 4 wanted by one server'],
  [diskFilter, { freeDiskGb: 1 }, {}, undefined],
  [diskFilter, { freeDiskGb: 0 }, { flavor: { rootGb: 0 } }, undefined],
  [diskFilter, { freeDiskGb: 12 }, { flavor: { rootGb: 10, ephemeralGb: 2, swapMb: 1 } }, '12 GB of disk free, 13 GB wanted'],
  [imagePropertiesFilter, {}, {}, undefined],
  [imagePropertiesFilter, {}, { image: imageWith({ os_distro: 'debian' }) }, undefined],
  [imagePropertiesFilter, {}, { image: imageWith({ hw_architecture: 'x86_64', img_hv_type: 'qemu', hw_vm_mode: 'hvm' }) }, undefined],
  [imagePropertiesFilter, {}, { image: imageWith({ hw_architecture: 'aarch64' }) }, 'no architecture aarch64, which the image demands'],
  // Fault 2026-11 A2.
  [imagePropertiesFilter, {}, { image: imageWith({ architecture: 'aarch64' }) }, 'no architecture aarch64, which the image demands'],
  [imagePropertiesFilter, {}, { image: imageWith({ hypervisor_type: 'xen' }) }, 'no hypervisor type xen, which the image demands'],
  [imagePropertiesFilter, {}, { image: imageWith({ vm_mode: 'xen' }) }, 'no VM mode xen, which the image demands'],
  [imagePropertiesFilter, {}, { image: imageWith({ architecture: 'AMD64', hypervisor_type: 'kvm', vm_mode: 'hv' }) }, undefined],
  [imagePropertiesFilter, {}, { image: imageWith({ hypervisor_type: 'qemu' }) }, undefined],
  [imagePropertiesFilter, { supportedInstances: [['x86_64', 'kvm', 'hvm']] }, { image: imageWith({ hypervisor_type: 'QEMU' }) }, undefined],
  [imagePropertiesFilter, {}, { image: imageWith({ img_hv_type: 'xen' }) }, 'no hypervisor type xen, which the image demands'],
  [imagePropertiesFilter, {}, { image: imageWith({ hw_vm_mode: 'xen' }) }, 'no VM mode xen, which the image demands'],
  [
    imagePropertiesFilter,
    { supportedInstances: [] },
    { image: imageWith({ hw_vm_mode: 'hvm' }) },
    'no VM mode hvm, which the image demands',
  ],
  [sameHostFilter, { hintedServers: ['s-1'] }, {}, undefined],
  [sameHostFilter, {}, { hints: { same_host: [] } }, undefined],
  [sameHostFilter, { hintedServers: ['s-1'] }, { hints: { same_host: 'S-1' } }, undefined],
  [sameHostFilter, { hintedServers: ['s-2'] }, { hints: { same_host: ['s-1', 's-2'] } }, undefined],
  [sameHostFilter, {}, { hints: { same_host: 's-1' } }, 'server s-1 is not there'],
  [sameHostFilter, { hintedServers: ['s-3'] }, { hints: { same_host: ['s-1', 's-2'] } }, 'none of the 2 servers of same_host is there'],
  [differentHostFilter, { hintedServers: ['s-1'] }, {}, undefined],
  [differentHostFilter, { hintedServers: ['s-2'] }, { hints: { different_host: ['s-1'] } }, undefined],
  [differentHostFilter, { hintedServers: ['s-1'] }, { hints: { different_host: ['s-1'] } }, 'server s-1 is there'],
  [
    differentHostFilter,
    { hintedServers: ['s-3', 's-1'] },
    { hints: { different_host: ['s-1', 's-2', 's-3', 's-3'] } },
    '2 of the 3 servers of different_host are there',
  ],
  [imagePropertiesFilter, {}, { image: imageWith({ img_hv_requested_version: '>=6.0, <9.1' }) }, undefined],
  [
    imagePropertiesFilter,
    {},
    { image: imageWith({ hypervisor_version_requires: '>=9.0.1' }) },
    'hypervisor version 9.0.0, >=9.0.1 wanted by the image',
  ],
  [imagePropertiesFilter, {}, {}, 'no architecture aarch64, which the image demands', { defaultArchitecture: 'aarch64' }],
  [computeCapabilitiesFilter, {}, flavorWith({ 'hw:cpu_policy': 'shared', 'trait:X': 'required' }), undefined],
  [computeCapabilitiesFilter, {}, flavorWith({ 'capabilities:hypervisor_type': 's== QEMU', free_ram_mb: '>= 16384' }), undefined],
  [computeCapabilitiesFilter, {}, flavorWith({ 'capabilities:vcpus_total': '= 9' }), 'vcpus_total is 8, = 9 wanted'],
  [
    computeCapabilitiesFilter,
    {},
    flavorWith({ 'capabilities:hypervisor_hostname': 's== host-9' }),
    'hypervisor_hostname is another, s== host-9 wanted',
  ],
  [computeCapabilitiesFilter, {}, flavorWith({ 'capabilities:ssd': 'true' }), 'no ssd, which the flavor wants to be true'],
  // Other keys without a scope are not about hosts.
  [computeCapabilitiesFilter, {}, flavorWith({ ssd: 'true', group_policy: 'none' }), undefined],
  [
    computeCapabilitiesFilter,
    { cpuInfo: { topology: { cores: 4 }, features: ['vmx', 'aes'] } },
    flavorWith({ 'capabilities:cpu_info:features': '<in> vmx', 'capabilities:cpu_info:topology:cores': '<or> 2 <or> 4' }),
    undefined,
  ],
  [
    computeCapabilitiesFilter,
    { cpuInfo: { features: ['vmx'] } },
    flavorWith({ 'capabilities:cpu_info:features': '<all-in> vmx aes' }),
    'cpu_info:features is another, <all-in> vmx aes wanted',
  ],
  [traitsFilter, {}, flavorWith({ 'trait:A': 'required' }), 'no trait A'],
  [traitsFilter, { traits: new Set(['A']) }, flavorWith({ 'trait1:A': 'required', 'trait:B': 'forbidden' }), undefined],
  [traitsFilter, { traits: new Set(['A']) }, flavorWith({ 'trait:A': 'forbidden' }), 'the trait A, which the flavor forbids'],
  [traitsFilter, {}, { image: imageWith({ 'trait:A': 'required' }) }, 'no trait A'],
  [traitsFilter, inAggregates({ 'trait:A': 'required' }), flavorWith({ 'trait:A': 'required' }), undefined, { isolatesAggregates: true }],
  [traitsFilter, inAggregates({ 'trait:A': 'required' }), {}, 'kept for servers that require the trait A', { isolatesAggregates: true }],
  [aggregateInstanceExtraSpecsFilter, {}, {}, undefined],
  [
    aggregateInstanceExtraSpecsFilter,
    inAggregates({ ssd: 'true' }, { rack: '6, 7' }),
    flavorWith({ 'aggregate_instance_extra_specs:ssd': 'true', 'aggregate_instance_extra_specs:rack': '>= 7' }),
    undefined,
  ],
  [aggregateInstanceExtraSpecsFilter, {}, flavorWith({ ssd: 'true' }), 'in no aggregate with ssd, true wanted'],
  [
    aggregateInstanceExtraSpecsFilter,
    inAggregates({ ssd: 'false' }),
    flavorWith({ ssd: 'true' }),
    'in an aggregate with another ssd, true wanted',
  ],
  [aggregateInstanceExtraSpecsFilter, {}, flavorWith({ ssd: '!' }), undefined],
  [
    aggregateInstanceExtraSpecsFilter,
    inAggregates({ ssd: 'true' }),
    flavorWith({ ssd: '!' }),
    'in an aggregate with ssd, which the flavor rules out',
  ],
  [aggregateMultiTenancyIsolation, inAggregates({ ssd: 'true' }), {}, undefined],
  [aggregateMultiTenancyIsolation, inAggregates({ filter_tenant_id: 'p-0' }, { filter_tenant_id2: 'p-9,p-1' }), {}, undefined],
  [aggregateMultiTenancyIsolation, inAggregates({ filter_tenant_id: 'p-2' }), {}, 'kept for other projects'],
  [aggregateImagePropertiesIsolation, inAggregates({ os_type: 'windows' }), { image: imageWith({ os_distro: 'debian' }) }, undefined],
  [aggregateImagePropertiesIsolation, inAggregates({ os_type: 'windows,linux' }), { image: imageWith({ os_type: 'linux' }) }, undefined],
  [
    aggregateImagePropertiesIsolation,
    inAggregates({ 'image.os_type': 'windows', os_type: 'linux' }),
    { image: imageWith({ os_type: 'linux' }) },
    'kept for images with another image.os_type than linux',
    { imagePropertiesNamespace: 'image' },
  ],
  [typeAffinityFilter, {}, { hostsOfOtherFlavors: new Set([asId<HostName>('host-2')]) }, undefined],
  [typeAffinityFilter, {}, { hostsOfOtherFlavors: new Set([host]) }, 'servers of another flavor are there'],
  [aggregateTypeAffinityFilter, {}, {}, undefined],
  [aggregateTypeAffinityFilter, inAggregates({ instance_type: 'm1.huge,m1.nano' }), { flavor: { name: 'm1.nano' } }, undefined],
  [
    aggregateTypeAffinityFilter,
    inAggregates({ instance_type: 'm1.huge' }),
    { flavor: { name: 'm1.nano' } },
    'kept for flavors other than m1.nano',
  ],
  [numInstancesFilter, { servers: 49 }, {}, undefined],
  [numInstancesFilter, { servers: 50 }, {}, '50 servers there, of at most 50'],
  [aggregateNumInstancesFilter, { servers: 2, ...inAggregates({ max_instances_per_host: '2' }) }, {}, '2 servers there, of at most 2'],
  [
    aggregateNumInstancesFilter,
    { servers: 50, ...inAggregates({ max_instances_per_host: '60' }, { max_instances_per_host: '70' }) },
    {},
    undefined,
  ],
  [
    aggregateNumInstancesFilter,
    { servers: 50, ...inAggregates({ max_instances_per_host: 'many' }) },
    {},
    '50 servers there, of at most 50',
  ],
  [ioOpsFilter, { busyServers: 7 }, {}, undefined],
  [ioOpsFilter, { busyServers: 8 }, {}, '8 servers keep its disks busy, of at most 8'],
  [
    aggregateIoOpsFilter,
    { busyServers: 1, ...inAggregates({ max_io_ops_per_host: '1' }) },
    {},
    '1 servers keep its disks busy, of at most 1',
  ],
  [aggregateRamFilter, inAggregates({ ram_allocation_ratio: '0.5' }), { flavor: { ramMb: 8_193 } }, '8192 MB of memory free, 8193 wanted'],
  [aggregateRamFilter, inAggregates({ ram_allocation_ratio: '2' }), { flavor: { ramMb: 16_385 } }, '16384 MB of memory free, 16385 wanted'],
  [aggregateCoreFilter, inAggregates({ cpu_allocation_ratio: '0.5' }), { flavor: { vcpus: 5 } }, '4 virtual CPUs free, 5 wanted'],
  [aggregateDiskFilter, inAggregates({ disk_allocation_ratio: '0.1' }), { flavor: { rootGb: 10 } }, undefined],
  [isolatedHostsFilter, {}, {}, undefined],
  [isolatedHostsFilter, {}, {}, 'kept for isolated images', { isolatedHosts: ['host-1'] }],
  [isolatedHostsFilter, {}, {}, undefined, { isolatedHosts: ['host-1'], restrictIsolatedHosts: false }],
  [isolatedHostsFilter, {}, { image: imageWith({}) }, undefined, { isolatedHosts: ['host-1'], isolatedImages: ['i-1'] }],
  [
    isolatedHostsFilter,
    {},
    { image: imageWith({}) },
    'not kept for isolated images',
    { isolatedHosts: ['host-2'], isolatedImages: ['i-1'] },
  ],
  [simpleCidrAffinityFilter, {}, {}, undefined],
  [simpleCidrAffinityFilter, {}, { hints: { build_near_host_ip: '192.0.2.99' } }, undefined],
  [simpleCidrAffinityFilter, {}, { hints: { build_near_host_ip: '192.0.2.99', cidr: '/30' } }, 'not in the net that was asked for'],
  [
    simpleCidrAffinityFilter,
    {},
    { hints: { build_near_host_ip: '192.0.2.99', cidr: '/33' } },
    'the hints build_near_host_ip and cidr name no net',
  ],
  [simpleCidrAffinityFilter, { hostIp: '2001:db8::5' }, { hints: { build_near_host_ip: '2001:db8::1', cidr: '/64' } }, undefined],
  [jsonFilter, {}, {}, undefined],
  [jsonFilter, {}, { hints: { query: '["and", [">=", "$free_ram_mb", 1024], ["=", "$hypervisor_type", "QEMU"]]' } }, undefined],
  [jsonFilter, {}, { hints: { query: ['not', ['in', '$hypervisor_hostname', 'host-1', 'host-2']] } }, 'not what the hint query asks for'],
  [jsonFilter, {}, { hints: { query: '["or", ["<", "$vcpus_used", 0], ["<=", "$vcpus_total", 8, 9]]' } }, undefined],
  [jsonFilter, {}, { hints: { query: '["=", "$constructor.name", "Object"]' } }, 'not what the hint query asks for'],
  [jsonFilter, {}, { hints: { query: 'free_ram' } }, 'the hint query is not an expression'],
  [jsonFilter, {}, { hints: { query: '['.repeat(50_000) + ']'.repeat(50_000) } }, 'the hint query is not an expression'],
  [metricsFilter, {}, {}, undefined],
  [metricsFilter, { metrics: { a: 1 } }, {}, '1 of 2 metrics not reported', { metricWeights: weightingOf(['a=1', 'b = -0.5']) }],
  [metricsFilter, { metrics: { a: 1, b: 2 } }, {}, undefined, { metricWeights: weightingOf(['a=1', 'b=2']) }],
];

test.each(
  cases.map(
    ([filter, state, wanted, because, options]) => [filter.name, because ?? 'passes', filter, state, wanted, because, options] as const,
  ),
)('%s: %s', (_name, _says, filter, state, wanted, because, options) => {
  const verdict = verdictOf(filter, sampleHost('host-1', state), sampleRequest(wanted), options);
  expect(verdict).toEqual(because === undefined ? { passes: true } : { passes: false, because });
});

test('an image that demands two things gets a host that has both at once', () => {
  const supportedInstances = [
    ['x86_64', 'qemu', 'hvm'],
    ['aarch64', 'xen', 'xen'],
  ] as const;
  const image = imageWith({ hw_architecture: 'aarch64', img_hv_type: 'qemu' });
  expect(verdictOf(imagePropertiesFilter, sampleHost('host-1', { supportedInstances }), sampleRequest({ image })).passes).toBe(false);
});

test('what an operator wrote of a host is not told to tenants, who read the refusals', () => {
  const verdict = verdictOf(computeFilter, sampleHost('host-1', { disabled: true, disabledReason: 'rack 7 burns' }), sampleRequest());
  expect(JSON.stringify(verdict)).not.toContain('rack 7');
});

const groupFilters = [serverGroupAffinityFilter, serverGroupAntiAffinityFilter];

const grouped = (policy: GroupPolicy, maxServerPerHost = 1) =>
  sampleRequest({ group: { policy, maxServerPerHost, membersOn: new Map([[asId<HostName>('h-2'), 2]]) } });

test('a group with affinity wants the hosts of its members, one with anti-affinity others', () => {
  const [empty, taken] = [sampleHost('h-1'), sampleHost('h-2')];
  expect(verdictOf(serverGroupAffinityFilter, taken, grouped('affinity'))).toEqual(pass);
  expect(verdictOf(serverGroupAffinityFilter, empty, grouped('affinity'))).toEqual(
    reject("none of the 2 members of the server's group is there"),
  );
  expect(verdictOf(serverGroupAntiAffinityFilter, empty, grouped('anti-affinity', 2))).toEqual(pass);
  expect(verdictOf(serverGroupAntiAffinityFilter, taken, grouped('anti-affinity', 3))).toEqual(pass);
  expect(verdictOf(serverGroupAntiAffinityFilter, taken, grouped('anti-affinity', 2))).toEqual(
    reject("2 members of the server's group there, of at most 2"),
  );
  for (const filter of groupFilters)
    expect([grouped('soft-affinity'), sampleRequest()].map((request) => filter.checkFor(request, defaultOptions))).toEqual([
      undefined,
      undefined,
    ]);
});

test('every filter has a case', () => {
  const names = new Set([...cases.map(([filter]) => filter.name), ...groupFilters.map(({ name }) => name)]);
  const aliases = ['AllHostsFilter', 'GroupAffinityFilter', 'GroupAntiAffinityFilter'];
  expect([...alwaysOn, ...allFilters].filter(({ name }) => !names.has(name) && !aliases.includes(name)).map(({ name }) => name)).toEqual(
    [],
  );
});

test('no reason names a host or its address, as tenants read them', () => {
  const told = cases.flatMap(([, , , because]) => because ?? []);
  expect(told.filter((because) => /host-1|192\.0\.2|2001:db8/.test(because))).toEqual([]);
});

test.each([
  ['5', '= 4', true],
  ['3', '= 4', false],
  ['4.0', '== 4', true],
  ['four', '>= 4', false],
  ['b', 's>= a', true],
  ['a', 's< b', true],
  ['a', 's!= a', false],
  ['abc', '<in> b', true],
  ['a b', 'a b', true],
  ['x', '<or> y <or> x', true],
  ['', '<= 4', false],
  ['>=', '>=', true],
])('%s meets %s: %s', (have, wanted, is) => {
  expect(meets(have, wanted)).toBe(is);
});
