import type { Context } from '../../lib/context/context.ts';
import { kindOf } from '../../lib/errors/error-type.ts';
import { openOffer } from '../../lib/handover/offered-files.ts';
import type { ServerId, TaskId } from '../../objects/ids.ts';
import type { SnapshotStage, VirtDriver } from '../../virt/driver.ts';
import { GuestNotDestroyed } from '../../virt/errors.ts';
import { type HostActionName, hostActions, type QuestionName, questions } from '../../operations/actions/kinds.ts';
import { lifecycle, type Transition } from '../../operations/lifecycle.ts';
import type { ByDriver, ComputeDeps, ComputeManager } from './deps.ts';
import { liveMigrationHandlers } from './live-migrations.ts';
import type { Work } from './task-runner.ts';

/** The compute host's end of the queue: every message becomes a task of the virt driver, reported under its task id. */
export const computeManager = (deps: ComputeDeps): ComputeManager => {
  const { driver, tasks, builds, snapshots, graceMs, trace } = deps;
  const byDriver = <T>(ctx: Context, what: string, run: () => Promise<T>) => trace.around({ service: 'driver', what, ctx }, run);
  return {
    ...taskHandlers(deps),
    ...questionHandlers(deps),

    ...plugHandlers(deps, byDriver),
    ...moveHandlers(deps, byDriver),
    ...liveMigrationHandlers(deps, byDriver),

    spawn: (ctx, { taskId, guest }) =>
      tasks.run(ctx, { taskId, serverId: guest.serverId }, (signal, progress) =>
        deps.builds.use(signal, () => byDriver(ctx, 'spawn', () => driver.spawn(guest, signal, progress))),
      ),

    rescue: (ctx, { taskId, guest, device }) =>
      tasks.run(ctx, { taskId, serverId: guest.serverId }, (signal, progress) =>
        builds.use(signal, () => byDriver(ctx, 'rescue', () => driver.rescue(guest, { device, graceMs, signal }, progress))),
      ),

    destroy: (ctx, task) =>
      tasks.run(ctx, task, () => byDriver(ctx, 'destroy', () => destroyGuest(driver, task.serverId)), { cutShort: true }),

    compareGuests: (ctx, { taskId }) => tasks.run(ctx, { taskId }, () => deps.compareGuests()),

    cacheImages: (ctx, { taskId, sources }) =>
      tasks.run(ctx, { taskId }, (signal, progress) =>
        byDriver(ctx, 'cacheImages', async () => {
          for (const source of sources) await driver.cacheImage(source, signal, progress);
        }),
      ),

    setAdminPassword: (ctx, { taskId, serverId, user, password }) =>
      tasks.run(ctx, { taskId, serverId }, (signal) =>
        byDriver(ctx, 'setAdminPassword', () => driver.setAdminPassword(serverId, { user, password }, signal)),
      ),

    snapshot: (ctx, { taskId, serverId, image, taskStates, quiesce }) =>
      tasks.run(ctx, { taskId, serverId }, (signal, progress) => {
        const onStage = (stage: SnapshotStage) => progress(0, stage, undefined, taskStates[stage]);
        return snapshots.use(signal, () =>
          byDriver(ctx, 'snapshot', () => driver.snapshot(serverId, image, { signal, progress, onStage, quiesce })),
        );
      }),

    abortTask: async (_ctx, { taskId }) => tasks.abort(taskId),

    openConsole: async (ctx, { serverId, kind }) =>
      await deps.doors.open(await byDriver(ctx, 'console', () => driver.console(serverId, kind))),

    listGuests: (ctx) => byDriver(ctx, 'listGuests', async () => [...(await driver.listGuests())]),
  };
};

type PlugMessage = 'attachInterface' | 'detachInterface' | 'attachVolume' | 'setVolumes' | 'growVolume' | 'detachVolume';

/** Devices that guests get and lose while they run. */
const plugHandlers = ({ driver, tasks, unplugging }: ComputeDeps, byDriver: ByDriver): Pick<ComputeManager, PlugMessage> => ({
  attachInterface: (ctx, { vif, ...task }) =>
    tasks.run(ctx, task, () => byDriver(ctx, 'attachInterface', () => driver.attachInterface(task.serverId, vif))),

  detachInterface: (ctx, { macAddress, ...task }) =>
    tasks.run(ctx, task, (signal) =>
      byDriver(ctx, 'detachInterface', () => driver.detachInterface(task.serverId, macAddress, { ...unplugging, signal })),
    ),

  attachVolume: (ctx, { volume, ...task }) =>
    tasks.run(ctx, task, (signal) =>
      byDriver(ctx, 'attachVolume', () => driver.attachVolume(task.serverId, volume, { ...unplugging, signal })),
    ),

  setVolumes: (ctx, { volumes, ...task }) =>
    tasks.run(ctx, task, () => byDriver(ctx, 'setVolumes', () => driver.setVolumes(task.serverId, volumes))),

  growVolume: (ctx, { volume, bytes, ...task }) =>
    tasks.run(ctx, task, () => byDriver(ctx, 'growVolume', () => driver.growVolume(task.serverId, volume, bytes))),

  detachVolume: (ctx, { volumeId, ...task }) =>
    tasks.run(ctx, task, (signal) =>
      byDriver(ctx, 'detachVolume', () => driver.detachVolume(task.serverId, volumeId, { ...unplugging, signal })),
    ),
});

type MoveMessage = 'offerGuest' | 'receiveGuest' | 'resizeGuest' | 'confirmGuest' | 'revertGuest';

/** What hosts do for servers that go to another host or another size. */
const moveHandlers = ({ driver, tasks, builds, offers }: ComputeDeps, byDriver: ByDriver): Pick<ComputeManager, MoveMessage> => ({
  offerGuest: async (ctx, { serverId }) => await offers.offer(await byDriver(ctx, 'pack', () => driver.pack(serverId))),

  receiveGuest: (ctx, { taskId, guest, offer }) =>
    tasks.run(ctx, { taskId, serverId: guest.serverId }, (signal, progress) =>
      builds.use(signal, () => byDriver(ctx, 'unpack', async () => driver.unpack(guest, await openOffer(offer, signal), signal, progress))),
    ),

  resizeGuest: (ctx, { taskId, guest }) =>
    tasks.run(ctx, { taskId, serverId: guest.serverId }, (signal) => byDriver(ctx, 'resize', () => driver.resize(guest, signal))),

  confirmGuest: (ctx, task) => tasks.run(ctx, task, () => byDriver(ctx, 'confirmResize', () => driver.confirmResize(task.serverId))),

  revertGuest: (ctx, task) => tasks.run(ctx, task, () => byDriver(ctx, 'revertResize', () => driver.revertResize(task.serverId))),
});

/** A failure to destroy a guest may be temporary, and keeping the guest helps nobody: reported as `unavailable`, it is retried. */
const destroyGuest = (driver: VirtDriver, serverId: ServerId): Promise<void> =>
  driver.destroy(serverId).catch((cause: unknown) => {
    throw kindOf(cause) === 'unavailable' ? cause : GuestNotDestroyed({ serverId }, { cause });
  });

interface ActionTask {
  readonly taskId: TaskId;
  readonly serverId: ServerId;
  readonly input: unknown;
}

/** One handler for each task action. */
const taskHandlers = ({ driver, tasks, graceMs, trace }: ComputeDeps): Pick<ComputeManager, HostActionName> =>
  Object.fromEntries(
    hostActions.map(({ name, does, rowFor }) => [
      name,
      (ctx: Context, { taskId, serverId, input: given }: ActionTask) => {
        // The bus has validated the input against this action's schema; the table's type does not say which it was.
        const input = given as never;
        const { during }: Transition = lifecycle[rowFor(input)];
        const act: Work<void> = (signal, progress) =>
          trace.around({ service: 'driver', what: name, ctx }, () => does.onHost({ driver, serverId, input, graceMs, signal, progress }));
        // An action that may begin during others ends them, here as in the conductor.
        return tasks.run(ctx, { taskId, serverId }, act, { cutShort: during !== undefined });
      },
    ]),
    // Object.fromEntries loses the keys' types; every action has its handler by construction.
  ) as Pick<ComputeManager, HostActionName>;

/** One handler for each question. */
const questionHandlers = ({ driver, trace }: ComputeDeps): Pick<ComputeManager, QuestionName> =>
  Object.fromEntries(
    questions.map(({ name, does }) => [
      name,
      (ctx: Context, { serverId, ...input }: { serverId: ServerId }) =>
        // As above: the input is this question's.
        trace.around({ service: 'driver', what: name, ctx }, () => does.ask({ driver, serverId, input: input as never })),
    ]),
    // As above.
  ) as unknown as Pick<ComputeManager, QuestionName>;
