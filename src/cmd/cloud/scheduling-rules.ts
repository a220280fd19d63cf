/** The scheduler's rules, from the configuration. */
import type { Rules } from '../../scheduler/decide.ts';
import { computeFilter } from '../../scheduler/filters/compute.ts';
import type { Filter } from '../../scheduler/filters/filter.ts';
import { allFilters, alwaysOn } from '../../scheduler/filters/index.ts';
import { metricsFilter } from '../../scheduler/filters/metrics.ts';
import { type SchedulerOptions, weightingOf } from '../../scheduler/options.ts';
import { weighersWith } from '../../scheduler/weights/index.ts';
import { SchedulerApi } from '../../scheduler/api.ts';
import type { ServiceGroup } from '../../servicegroup/api.ts';
import type { CellDb } from '../../db/sql/queries.ts';
import type { NovaConfig } from '../nova-config.ts';

/** Filters and weighers with their options. The chance scheduler weighs nothing: then all hosts that are up are equally good. */
export function schedulingRules(config: NovaConfig): Rules {
  const { scheduler, filter_scheduler: options, metrics } = config;
  const common = { options: schedulerOptions(config), maxHosts: scheduler.max_attempts };
  if (scheduler.driver === 'chance_scheduler') return { ...common, filters: [...alwaysOn, computeFilter], weighers: [], subsetSize: 1 };
  const weighers = weighersWith({ ...options, metrics_weight_multiplier: metrics.weight_multiplier });
  return { ...common, filters: enabledFilters(config), weighers, subsetSize: options.host_subset_size };
}

/** The filters that the operator names, in that order, after those that always apply. */
function enabledFilters({ filter_scheduler: { enabled_filters: names }, metrics }: NovaConfig): readonly Filter[] {
  const enabled = names.flatMap((name) => allFilters.filter((filter) => filter.name === name));
  const needed = metrics.required && metrics.weight_setting.length > 0 ? [metricsFilter] : [];
  return [...new Set([...alwaysOn, ...enabled, ...needed])];
}

const schedulerOptions = ({ scheduler, filter_scheduler: options, metrics }: NovaConfig): SchedulerOptions => ({
  maxIoOpsPerHost: options.max_io_ops_per_host,
  maxInstancesPerHost: options.max_instances_per_host,
  isolatedImages: options.isolated_images,
  isolatedHosts: options.isolated_hosts,
  restrictIsolatedHosts: options.restrict_isolated_hosts_to_isolated_images,
  imagePropertiesNamespace: options.aggregate_image_properties_isolation_namespace,
  imagePropertiesSeparator: options.aggregate_image_properties_isolation_separator,
  defaultArchitecture: options.image_properties_default_architecture,
  isolatesAggregates: scheduler.enable_isolated_aggregate_filtering,
  metricWeights: weightingOf(metrics.weight_setting),
  weightOfUnavailable: metrics.weight_of_unavailable,
  imagePropertyWeights: weightingOf(options.image_props_weight_setting),
});

/** Explains decisions by the rules of this configuration, which should be that of the schedulers. */
export const schedulerApi = (db: CellDb, config: NovaConfig, group?: ServiceGroup): SchedulerApi =>
  new SchedulerApi({ db, rules: schedulingRules(config), downAfterSeconds: config.DEFAULT.service_down_time, group });
