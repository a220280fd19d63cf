import { leastOf } from '../aggregate-metadata.ts';
import type { HostState } from '../host-state.ts';
import type { SchedulerOptions } from '../options.ts';
import { type Check, type Filter, pass, reject } from './filter.ts';

interface Counted {
  readonly of: (host: HostState) => number;
  readonly most: (options: SchedulerOptions) => number;
  /** The metadata key of aggregates with another limit: the option's name. */
  readonly option: string;
  readonly noun: string;
}

const all: Counted = {
  of: ({ servers }) => servers,
  most: ({ maxInstancesPerHost }) => maxInstancesPerHost,
  option: 'max_instances_per_host',
  noun: 'servers there',
};

const busy: Counted = {
  of: ({ busyServers }) => busyServers,
  most: ({ maxIoOpsPerHost }) => maxIoOpsPerHost,
  option: 'max_io_ops_per_host',
  noun: 'servers keep its disks busy',
};

const below = ({ of, noun }: Counted, host: HostState, most: number) =>
  of(host) < most ? pass : reject(`${of(host)} ${noun}, of at most ${most}`);

const byOption = (counted: Counted): Filter['checkFor'] => {
  return (_request, options): Check => {
    const most = counted.most(options);
    return (host) => below(counted, host, most);
  };
};

const byAggregate = (counted: Counted): Filter['checkFor'] => {
  return (_request, options): Check => {
    const most = counted.most(options);
    return (host) => below(counted, host, leastOf(host, counted.option) ?? most);
  };
};

/** The host has fewer servers than it may have. */
export const numInstancesFilter: Filter = { name: 'NumInstancesFilter', checkFor: byOption(all) };

/** The same, with the limit of the host's aggregates if they set one. */
export const aggregateNumInstancesFilter: Filter = { name: 'AggregateNumInstancesFilter', checkFor: byAggregate(all) };

/** Fewer of the host's servers keep its disks busy (they boot, resize, are copied, ...) than may. */
export const ioOpsFilter: Filter = { name: 'IoOpsFilter', checkFor: byOption(busy) };

/** The same, with the limit of the host's aggregates if they set one. */
export const aggregateIoOpsFilter: Filter = { name: 'AggregateIoOpsFilter', checkFor: byAggregate(busy) };
