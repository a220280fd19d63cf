import { availabilityZoneFilter } from './availability-zone.ts';
import { computeFilter } from './compute.ts';
import { coreFilter } from './core.ts';
import { differentHostFilter } from './different-host.ts';
import { diskFilter } from './disk.ts';
import type { Filter } from './filter.ts';
import { imagePropertiesFilter } from './image-properties.ts';
import { ramFilter } from './ram.ts';
import { requestedHostFilter } from './requested-host.ts';
import { retryFilter } from './retry.ts';
import { sameHostFilter } from './same-host.ts';
import { serverGroupAffinityFilter, serverGroupAntiAffinityFilter } from './server-group.ts';

/** Filters that always run, whatever the operator enables: a requested host, and hosts of failed attempts. */
export const alwaysOn: readonly Filter[] = [requestedHostFilter, retryFilter];

/** Every filter that an operator may enable. A new one: its file, a line here. */
export const allFilters: readonly Filter[] = [
  computeFilter,
  availabilityZoneFilter,
  ramFilter,
  coreFilter,
  diskFilter,
  imagePropertiesFilter,
  sameHostFilter,
  differentHostFilter,
  serverGroupAntiAffinityFilter,
  serverGroupAffinityFilter,
];
