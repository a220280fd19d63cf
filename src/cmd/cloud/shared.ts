import { conductorRpc } from '../../conductor/rpcapi.ts';
import { hopSink } from '../../db/stores/cloud/request-story.ts';
import type { OpenDatabase } from '../../db/connect/open.ts';
import type { Bus } from '../../lib/rpc/bus.ts';
import { clientOf } from '../../lib/rpc/client.ts';
import type { Tracer } from '../../lib/trace/tracer.ts';
import { ServiceGroup, type ServiceGroupOptions } from '../../servicegroup/api.ts';
import { dbServiceGroup } from '../../servicegroup/drivers/db.ts';
import type { NovaConfig } from '../nova-config.ts';
import { openPresence } from './presence.ts';
import { openBus, proveQueue } from './bus.ts';
import { openCloudDatabase } from './database.ts';
import type { Runtime } from './runtime.ts';
import { conductorSink, openTracer } from './tracing.ts';

/** What those services of a program share that may use the database. */
export interface Shared extends OpenDatabase {
  readonly runtime: Runtime;
  readonly bus: Bus;
  readonly tracer: Tracer;
  readonly group: ServiceGroup;
}

/** Opens database, queue and the rest for the services of one program. */
export async function openShared(runtime: Runtime): Promise<Shared> {
  proveQueue(runtime);
  const database = await openCloudDatabase(runtime);
  const tracer = openTracer(runtime, hopSink(database.db));
  const bus = await openBus(runtime);
  return { ...database, runtime, bus, tracer, group: await openServiceGroup(database, runtime) };
}

/** The group of the services that send heartbeats to the cell. */
export async function openServiceGroup({ db }: Pick<OpenDatabase, 'db'>, runtime: Runtime): Promise<ServiceGroup> {
  const { ids, config, clock, log } = runtime;
  const records = dbServiceGroup(db, ids, config.DEFAULT.default_availability_zone);
  return new ServiceGroup(records, serviceGroupOptions(config), { clock, log, presence: await openPresence(runtime) });
}

/** How often members of a service group report, and when they count as down. */
export const serviceGroupOptions = ({ DEFAULT }: NovaConfig): ServiceGroupOptions => ({
  reportIntervalMs: DEFAULT.report_interval * 1000,
  downAfterSeconds: DEFAULT.service_down_time,
});

/** What a compute host uses: a queue, but no database. */
export interface HostShared {
  readonly runtime: Runtime;
  readonly bus: Bus;
  readonly tracer: Tracer;
}

export async function openHostShared(runtime: Runtime): Promise<HostShared> {
  const bus = await openBus(runtime);
  return { runtime, bus, tracer: openTracer(runtime, conductorSink(clientOf(conductorRpc, bus))) };
}
