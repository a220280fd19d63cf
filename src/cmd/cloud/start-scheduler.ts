import { serve } from '../../lib/rpc/serve.ts';
import type { Filter } from '../../scheduler/filters/filter.ts';
import { allFilters, alwaysOn } from '../../scheduler/filters/index.ts';
import { SchedulerManager } from '../../scheduler/manager.ts';
import { schedulerRpc } from '../../scheduler/rpcapi.ts';
import { allWeighers } from '../../scheduler/weights/index.ts';
import type { NovaConfig } from '../nova-config.ts';
import type { Shared } from './shared.ts';

/** Starts a scheduler. */
export async function startScheduler({ runtime, bus, db, tracer, group }: Shared): Promise<void> {
  const { ids, log, life, host, config } = runtime;
  await group.join([{ binary: 'nova-scheduler', host }], life.signal);
  const manager = new SchedulerManager({
    db,
    ids,
    downAfterSeconds: config.DEFAULT.service_down_time,
    rules: {
      filters: enabledFilters(config),
      weighers: allWeighers.map((weigher) => ({ ...weigher, multiplier: config.filter_scheduler[weigher.multiplierOption] })),
      maxHosts: config.scheduler.max_attempts,
      subsetSize: config.filter_scheduler.host_subset_size,
    },
  });
  await manager.warmUp();
  life.hold('the scheduler', await serve(bus, schedulerRpc, manager, { log, trace: tracer }), (serving) => serving.close());
}

/** The filters that the operator names, in that order, after those that always apply. */
const enabledFilters = ({ filter_scheduler }: NovaConfig): readonly Filter[] => [
  ...alwaysOn,
  ...filter_scheduler.enabled_filters.flatMap((name) => allFilters.filter((filter) => filter.name === name)),
];
