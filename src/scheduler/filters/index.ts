import { availabilityZoneFilter } from './availability-zone.ts';
import { computeFilter } from './compute.ts';
import { coreFilter } from './core.ts';
import { diskFilter } from './disk.ts';
import type { Filter } from './filter.ts';
import { imagePropertiesFilter } from './image-properties.ts';
import { ramFilter } from './ram.ts';
import { requestedHostFilter } from './requested-host.ts';
import { retryFilter } from './retry.ts';

/** Every filter there is, in the order in which they are asked: the cheap and telling ones first. */
export const allFilters: readonly Filter[] = [
  requestedHostFilter,
  retryFilter,
  computeFilter,
  availabilityZoneFilter,
  ramFilter,
  coreFilter,
  diskFilter,
  imagePropertiesFilter,
];
