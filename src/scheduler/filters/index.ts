import { aggregateInstanceExtraSpecsFilter } from './aggregate-extra-specs.ts';
import { aggregateImagePropertiesIsolation } from './aggregate-image-properties.ts';
import { aggregateMultiTenancyIsolation } from './aggregate-multi-tenancy.ts';
import { aggregateCoreFilter, aggregateDiskFilter, aggregateRamFilter } from './aggregate-ratios.ts';
import { availabilityZoneFilter } from './availability-zone.ts';
import { simpleCidrAffinityFilter } from './cidr-affinity.ts';
import { computeCapabilitiesFilter } from './compute-capabilities.ts';
import { computeFilter } from './compute.ts';
import { coreFilter } from './core.ts';
import { aggregateIoOpsFilter, aggregateNumInstancesFilter, ioOpsFilter, numInstancesFilter } from './counted-servers.ts';
import { differentHostFilter } from './different-host.ts';
import { diskFilter } from './disk.ts';
import type { Filter } from './filter.ts';
import { exactRamFilter } from './exact-ram.ts';
import { imagePropertiesFilter } from './image-properties.ts';
import { isolatedHostsFilter } from './isolated-hosts.ts';
import { jsonFilter } from './json.ts';
import { metricsFilter } from './metrics.ts';
import { numaTopologyFilter } from './numa-topology.ts';
import { pciPassthroughFilter } from './pci-passthrough.ts';
import { ramFilter } from './ram.ts';
import { requestedHostFilter } from './requested-host.ts';
import { resourcesFilter } from './resources.ts';
import { retryFilter } from './retry.ts';
import { sameHostFilter } from './same-host.ts';
import { serverGroupAffinityFilter, serverGroupAntiAffinityFilter } from './server-group.ts';
import { traitsFilter } from './traits.ts';
import { aggregateTypeAffinityFilter, typeAffinityFilter } from './type-affinity.ts';

/** Filters that always run, whatever the operator enables: a requested host, and hosts of failed attempts. */
export const alwaysOn: readonly Filter[] = [requestedHostFilter, retryFilter];

/** Passes every host. */
const allHostsFilter: Filter = { name: 'AllHostsFilter', checkFor: () => undefined };

/**
 * The filters that run by default, in this order. Nova omits SameHostFilter and DifferentHostFilter and then silently ignores their hints;
 * those for capacity, resources, zones and traits are its Placement service.
 */
export const enabledByDefault: readonly Filter[] = [
  computeFilter,
  availabilityZoneFilter,
  ramFilter,
  coreFilter,
  diskFilter,
  resourcesFilter,
  computeCapabilitiesFilter,
  imagePropertiesFilter,
  traitsFilter,
  numaTopologyFilter,
  pciPassthroughFilter,
  sameHostFilter,
  differentHostFilter,
  serverGroupAntiAffinityFilter,
  serverGroupAffinityFilter,
];

/** Every filter that an operator may enable. A new one: its file, a line here. */
export const allFilters: readonly Filter[] = [
  ...enabledByDefault,
  allHostsFilter,
  retryFilter,
  aggregateRamFilter,
  aggregateCoreFilter,
  aggregateDiskFilter,
  aggregateInstanceExtraSpecsFilter,
  aggregateMultiTenancyIsolation,
  aggregateImagePropertiesIsolation,
  exactRamFilter,
  typeAffinityFilter,
  aggregateTypeAffinityFilter,
  isolatedHostsFilter,
  numInstancesFilter,
  aggregateNumInstancesFilter,
  ioOpsFilter,
  aggregateIoOpsFilter,
  simpleCidrAffinityFilter,
  jsonFilter,
  metricsFilter,
  // The names of the group filters in older configurations.
  { ...serverGroupAffinityFilter, name: 'GroupAffinityFilter' },
  { ...serverGroupAntiAffinityFilter, name: 'GroupAntiAffinityFilter' },
];
