import type { Context } from '../../lib/context/context.ts';
import type { Manager } from '../../lib/rpc/contract.ts';
import type { RpcTrace } from '../../lib/rpc/trace.ts';
import type { TaskId } from '../../objects/ids.ts';
import type { VolumeDriver } from '../driver.ts';
import type { volumeRpc } from '../rpcapi.ts';
import type { Backups } from './backups.ts';
import type { Connections } from './connections.ts';

/** Runs each task id once, one task of a volume at a time, and reports its end. */
export interface VolumeTasks {
  run<R>(
    ctx: Context,
    task: { readonly taskId: TaskId; readonly volumeId: string },
    work: (signal: AbortSignal, progress: (percent: number, text?: string) => void) => Promise<R>,
    options?: { readonly cutShort?: boolean },
  ): Promise<R | undefined>;
  abort(taskId: TaskId): void;
}

export interface VolumeHostDeps {
  readonly driver: VolumeDriver;
  readonly connections: Connections;
  readonly backups: Backups;
  readonly tasks: VolumeTasks;
  /** Records driver calls as hops of the request. */
  readonly trace: RpcTrace;
}

/** The volume host's end of the queue: work becomes tasks of the storage driver, connections are answered at once. */
export function volumeManager({ driver, connections, backups, tasks, trace }: VolumeHostDeps): Manager<typeof volumeRpc> {
  const byDriver = <T>(ctx: Context, what: string, run: () => Promise<T>) => trace.around({ service: 'driver', what, ctx }, run);
  return {
    createVolume: (ctx, { taskId, volume }) =>
      tasks.run(ctx, { taskId, volumeId: volume.volumeId }, (signal, progress) =>
        byDriver(ctx, 'createVolume', () => driver.create(volume, { signal, progress })),
      ),
    deleteVolume: (ctx, { taskId, volumeId, snapshotIds }) =>
      tasks.run(
        ctx,
        { taskId, volumeId },
        () =>
          byDriver(ctx, 'deleteVolume', async () => {
            for (const id of snapshotIds) await driver.deleteSnapshot(id);
            await driver.delete(volumeId);
          }),
        { cutShort: true },
      ),
    extendVolume: (ctx, { taskId, volumeId, sizeGb }) =>
      tasks.run(ctx, { taskId, volumeId }, () => byDriver(ctx, 'extendVolume', () => driver.extend(volumeId, sizeGb))),
    rewriteVolume: (ctx, { taskId, volume }) =>
      tasks.run(ctx, { taskId, volumeId: volume.volumeId }, (signal, progress) =>
        byDriver(ctx, 'rewriteVolume', () => driver.rewrite(volume, { signal, progress })),
      ),
    createSnapshot: (ctx, { taskId, volumeId, snapshotId }) =>
      tasks.run(ctx, { taskId, volumeId }, (signal, progress) =>
        byDriver(ctx, 'createSnapshot', () => driver.createSnapshot(snapshotId, volumeId, { signal, progress })),
      ),
    deleteSnapshot: (ctx, { taskId, volumeId, snapshotId }) =>
      tasks.run(ctx, { taskId, volumeId }, () => byDriver(ctx, 'deleteSnapshot', () => driver.deleteSnapshot(snapshotId))),
    uploadVolume: (ctx, { taskId, volumeId, image }) =>
      tasks.run(ctx, { taskId, volumeId }, (signal, progress) =>
        byDriver(ctx, 'uploadVolume', () => driver.upload(volumeId, image, { signal, progress })),
      ),
    createBackup: (ctx, { taskId, volumeId, dataId, source }) =>
      tasks.run(ctx, { taskId, volumeId }, (signal, progress) =>
        byDriver(ctx, 'createBackup', () =>
          driver.lend(source, { signal, progress }, (data) =>
            backups.write({ dataId, parentDataId: source.parentDataId }, data, { signal, progress }),
          ),
        ),
      ),
    findBackup: (ctx, { taskId, volumeId, dataId }) => tasks.run(ctx, { taskId, volumeId }, () => backups.find(dataId)),
    deleteBackup: (ctx, { taskId, volumeId, dataId }) => tasks.run(ctx, { taskId, volumeId }, () => backups.remove(dataId)),
    connect: (ctx, { wanted }) => byDriver(ctx, 'connect', () => connections.renew(wanted)),
    settle: async (ctx, { volumeId, attachmentId }) => {
      await byDriver(ctx, 'settle', () => connections.settle(volumeId, attachmentId));
      return null;
    },
    disconnect: async (ctx, { volumeId, attachmentId }) => {
      await byDriver(ctx, 'disconnect', () => connections.disconnect(volumeId, attachmentId));
    },
    abortTask: async (_ctx, { taskId }) => tasks.abort(taskId),
  };
}
