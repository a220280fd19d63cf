import { serve } from '../../lib/rpc/serve.ts';
import { schedulingRules } from './scheduling-rules.ts';
import { SchedulerManager } from '../../scheduler/manager.ts';
import { schedulerRpc } from '../../scheduler/rpcapi.ts';
import type { Shared } from './shared.ts';

/** Starts a scheduler. */
export async function startScheduler({ runtime, bus, db, tracer, group }: Shared): Promise<void> {
  const { ids, log, life, host, config } = runtime;
  await group.join([{ binary: 'nova-scheduler', host }], life.signal);
  const downAfterSeconds = config.DEFAULT.service_down_time;
  const manager = new SchedulerManager({ db, ids, downAfterSeconds, group, rules: schedulingRules(config) });
  await manager.warmUp();
  life.hold('the scheduler', await serve(bus, schedulerRpc, manager, { log, trace: tracer }), (serving) => serving.close());
}
