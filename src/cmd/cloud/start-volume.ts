import { taskReports } from '../../compute/host/task-reports.ts';
import { TaskRunner } from '../../compute/host/task-runner.ts';
import { type ConductorRpcApi, conductorRpc } from '../../conductor/rpcapi.ts';
import { repeat } from '../../lib/clock/periodic.ts';
import { serviceContext } from '../../lib/context/context.ts';
import { messageOf } from '../../lib/errors/error-type.ts';
import { clientOf } from '../../lib/rpc/client.ts';
import { serve } from '../../lib/rpc/serve.ts';
import { asId, type ServerId, type TaskId } from '../../objects/ids.ts';
import type { PoolReport } from '../../objects/volume-host.ts';
import type { VolumeDriver } from '../../volume/driver.ts';
import { Backups } from '../../volume/host/backups.ts';
import { Connections } from '../../volume/host/connections.ts';
import { volumeManager, type VolumeTasks } from '../../volume/host/manager.ts';
import { volumeRpc } from '../../volume/rpcapi.ts';
import { type Runtime } from './runtime.ts';
import type { HostShared } from './shared.ts';
import { openBackupStore, openVolumeDriver } from './volume-drivers.ts';

/** How often the host compares its connections with the books, in milliseconds: a server of a volume that died is started again. */
const COMPARE_EVERY_MS = 15_000;

/** Tasks that one host works on at a time. */
const TASKS_AT_ONCE = 100;

/** Starts the volume host of this program. Before it takes work, it reports its space and offers again what is connected. */
export async function startVolume({ runtime, bus, tracer }: HostShared): Promise<void> {
  const { clock, log, life, config, host } = runtime;
  const conductor = clientOf(conductorRpc, bus);
  const backups = new Backups(await openBackupStore(runtime));
  const driver = await openVolumeDriver(runtime, backups);
  await driver.start();
  life.hold('the volumes', driver, (open) => open.close());
  const name = `${host}@${driver.name}`;
  const report = reportPools(runtime, conductor, { driver, name, backupStore: backups.storeId });
  await report();
  const everyMs = config.DEFAULT.report_interval * 1000;
  life.run('the volume reports', repeat({ name: 'report the pools', everyMs, run: report }, { ...runtime, signal: life.signal }));
  const connections = new Connections(driver, log);
  const compare = compareConnections(runtime, conductor, connections, name);
  await compare();
  life.run(
    'the volume checks',
    repeat({ name: 'compare connections', everyMs: COMPARE_EVERY_MS, run: compare }, { ...runtime, signal: life.signal }),
  );
  const tasks = new TaskRunner({ ...taskReports(conductor), clock, log });
  const serving = await serve(bus, volumeRpc, volumeManager({ driver, connections, backups, tasks: tasksOf(tasks), trace: tracer }), {
    host: name,
    concurrency: TASKS_AT_ONCE,
    log,
    trace: tracer,
    onTaskRefused: (ctx, taskId, error) => tasks.refuse(ctx, asId<TaskId>(taskId), error),
  });
  life.hold('the volume host', serving, async (open) => {
    await tasks.close();
    await open.close();
  });
}

/** The runner of tasks, which has a queue for each volume as it has for each server on other hosts. */
const tasksOf = (tasks: TaskRunner): VolumeTasks => ({
  run: (ctx, { taskId, volumeId }, work, options) => tasks.run(ctx, { taskId, serverId: asId<ServerId>(volumeId) }, work, options),
  abort: (taskId) => tasks.abort(taskId),
});

/** Reports the space of the host's one pool. */
const reportPools =
  (
    { ids, log, life }: Runtime,
    conductor: ConductorRpcApi,
    { driver, name, backupStore }: { readonly driver: VolumeDriver; readonly name: string; readonly backupStore: string },
  ) =>
  async (): Promise<void> => {
    try {
      const pool: PoolReport = {
        name: `${name}#${driver.name}`,
        backendName: driver.name,
        protocol: driver.protocol,
        driverVersion: '1.0.0',
        backupStore,
        ...(await driver.space()),
      };
      await conductor.reportVolumeHost(serviceContext(`req-${ids.uuid()}`), { name, pools: [pool] });
    } catch (error) {
      if (!life.signal.aborted) log.warn({ host: name, error: messageOf(error) }, 'the pools could not be reported; trying again later');
    }
  };

/** Offers what the books say is connected, and nothing else. */
const compareConnections =
  ({ ids, log, life }: Runtime, conductor: ConductorRpcApi, connections: Connections, name: string) =>
  async (): Promise<void> => {
    try {
      await connections.compare(() => conductor.exportsOfVolumeHost(serviceContext(`req-${ids.uuid()}`), { name }));
    } catch (error) {
      if (!life.signal.aborted)
        log.warn({ host: name, error: messageOf(error) }, 'the connections could not be compared; trying again later');
    }
  };
