import type { GroupPolicy } from '../../objects/server-group.ts';
import { serverGroupAffinityFilter, serverGroupAntiAffinityFilter } from './server-group.ts';
import { expect, test } from 'vitest';
import { asId, type HostName, type ImageId } from '../../objects/ids.ts';
import type { ImageMeta } from '../../objects/image.ts';
import type { HostState } from '../host-state.ts';
import { sampleHost, sampleRequest, verdictOf } from '../scheduler-samples.ts';
import { availabilityZoneFilter } from './availability-zone.ts';
import { computeFilter } from './compute.ts';
import { coreFilter } from './core.ts';
import { differentHostFilter } from './different-host.ts';
import { diskFilter } from './disk.ts';
import { type Filter, pass, reject } from './filter.ts';
import { imagePropertiesFilter } from './image-properties.ts';
import { ramFilter } from './ram.ts';
import { requestedHostFilter } from './requested-host.ts';
import { retryFilter } from './retry.ts';
import { sameHostFilter } from './same-host.ts';

type Wanted = Parameters<typeof sampleRequest>[0];
type Case = [filter: Filter, host: Partial<HostState>, wanted: Wanted, because: string | undefined];

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

const cases: readonly Case[] = [
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
];

test.each(cases.map(([filter, state, wanted, because]) => [filter.name, because ?? 'passes', filter, state, wanted, because] as const))(
  '%s: %s',
  (_name, _says, filter, state, wanted, because) => {
    const verdict = verdictOf(filter, sampleHost('host-1', state), sampleRequest(wanted));
    expect(verdict).toEqual(because === undefined ? { passes: true } : { passes: false, because });
  },
);

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
  for (const filter of [serverGroupAffinityFilter, serverGroupAntiAffinityFilter])
    expect([filter.checkFor(grouped('soft-affinity')), filter.checkFor(sampleRequest())]).toEqual([undefined, undefined]);
});
