/** The options of the scheduler, with Nova's names and defaults. */
import { type Option, option, optionGroup } from '../lib/config/option.ts';
import { boolean, checked, float, integer, list, oneOf, text } from '../lib/config/value-type.ts';
import { allFilters, enabledByDefault } from '../scheduler/filters/index.ts';
import { defaultOptions, factorProblem } from '../scheduler/options.ts';
import { defaultMultipliers } from '../scheduler/weights/index.ts';

/** How hosts are chosen, and how often. */
export const scheduler = optionGroup('scheduler', {
  driver: option(oneOf(['filter_scheduler', 'chance_scheduler']), {
    default: 'filter_scheduler',
    help: 'filter_scheduler filters and weighs hosts; chance_scheduler takes any host that is up.',
  }),
  max_attempts: option(integer({ min: 1 }), { default: 3, help: 'Hosts tried for one server before giving up.' }),
  enable_isolated_aggregate_filtering: option(boolean(), {
    default: defaultOptions.isolatesAggregates,
    help: 'Keep hosts of aggregates with metadata trait:NAME=required for servers that require these traits.',
  }),
});

type Multiplier = keyof typeof defaultMultipliers;

const weight = (multiplier: Multiplier, what: string): Option<number> =>
  option(float(), { default: defaultMultipliers[multiplier], help: `Weight of ${what}; negative prefers less.` });

const wish = (multiplier: Multiplier, what: string): Option<number> =>
  option(float({ min: 0 }), { default: defaultMultipliers[multiplier], help: `Weight of ${what}.` });

const factors = list(checked('factor', factorProblem));

/** Filters, weighers, and what they compare with. */
export const filterScheduler = optionGroup('filter_scheduler', {
  enabled_filters: option(list(oneOf(allFilters.map(({ name }) => name))), {
    default: enabledByDefault.map(({ name }) => name),
    help: 'Filters, in the order in which they run. SameHostFilter and DifferentHostFilter apply the hints same_host and different_host.',
  }),
  host_subset_size: option(integer({ min: 1 }), { default: 1, help: 'Choose at random among this many best hosts.' }),
  max_io_ops_per_host: option(integer({ min: 0 }), {
    default: defaultOptions.maxIoOpsPerHost,
    help: 'IoOpsFilter: servers of a host that boot, resize, migrate or are copied, at most.',
  }),
  max_instances_per_host: option(integer({ min: 1 }), {
    default: defaultOptions.maxInstancesPerHost,
    help: 'NumInstancesFilter: servers of a host, at most.',
  }),
  isolated_images: option(list(text()), {
    default: defaultOptions.isolatedImages,
    help: 'IsolatedHostsFilter: ids of images for isolated hosts only.',
  }),
  isolated_hosts: option(list(text()), { default: defaultOptions.isolatedHosts, help: 'IsolatedHostsFilter: hosts for isolated images.' }),
  restrict_isolated_hosts_to_isolated_images: option(boolean(), {
    default: defaultOptions.restrictIsolatedHosts,
    help: 'IsolatedHostsFilter: other images are not on isolated hosts.',
  }),
  aggregate_image_properties_isolation_namespace: option(text(), {
    help: 'AggregateImagePropertiesIsolation: only metadata that begin with this are compared; unset: all.',
  }),
  aggregate_image_properties_isolation_separator: option(text(), {
    default: defaultOptions.imagePropertiesSeparator,
    help: 'AggregateImagePropertiesIsolation: what follows the namespace.',
  }),
  image_properties_default_architecture: option(text(), { help: 'ImagePropertiesFilter: the architecture of images that name none.' }),
  image_props_weight_setting: option(factors, { default: [], help: 'ImagePropertiesWeigher: property=factor, ...' }),
  ram_weight_multiplier: weight('ram_weight_multiplier', 'free memory'),
  cpu_weight_multiplier: weight('cpu_weight_multiplier', 'free CPUs'),
  disk_weight_multiplier: weight('disk_weight_multiplier', 'free disk'),
  io_ops_weight_multiplier: weight('io_ops_weight_multiplier', 'servers that keep the disks of their host busy'),
  num_instances_weight_multiplier: weight('num_instances_weight_multiplier', 'servers on the host'),
  hypervisor_version_weight_multiplier: weight('hypervisor_version_weight_multiplier', 'a newer hypervisor'),
  build_failure_weight_multiplier: weight('build_failure_weight_multiplier', 'the absence of guests that lately could not be made'),
  image_props_weight_multiplier: weight('image_props_weight_multiplier', 'servers with like images'),
  pci_weight_multiplier: wish('pci_weight_multiplier', 'few free PCI devices'),
  soft_affinity_weight_multiplier: wish('soft_affinity_weight_multiplier', 'members of a group with soft-affinity'),
  soft_anti_affinity_weight_multiplier: wish(
    'soft_anti_affinity_weight_multiplier',
    'the absence of members of a group with soft-anti-affinity',
  ),
});

/** What the MetricsWeigher and the MetricsFilter look at. */
export const metrics = optionGroup('metrics', {
  weight_multiplier: weight('metrics_weight_multiplier', 'metrics that hosts report'),
  weight_setting: option(factors, { default: [], help: 'Metrics and their factors: name=factor, ...' }),
  required: option(boolean(), {
    default: true,
    help: 'Refuse hosts that lack a metric; otherwise they have the weight weight_of_unavailable.',
  }),
  weight_of_unavailable: option(float(), {
    default: defaultOptions.weightOfUnavailable,
    help: 'The weight of a host that lacks a metric.',
  }),
});
