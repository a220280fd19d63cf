import type { Context } from '../lib/context/context.ts';
import type { Manager } from '../lib/rpc/contract.ts';
import type { ServerId, TaskId } from '../objects/ids.ts';
import type { VirtDriver } from '../virt/driver.ts';
import { type ServerActionName, serverActions } from './actions/index.ts';
import type { BuildSlots } from './build-slots.ts';
import type { computeRpc } from './rpcapi.ts';
import type { TaskRunner } from './task-runner.ts';

export interface ComputeDeps {
  readonly driver: VirtDriver;
  readonly tasks: TaskRunner;
  readonly builds: BuildSlots;
  /** How long a guest may take to obey, in milliseconds (`shutdown_timeout`). */
  readonly graceMs: number;
}

type ComputeManager = Manager<typeof computeRpc>;

/** The compute host's end of the queue: every message becomes a task of the virt driver, reported under its task id. */
export const computeManager = ({ driver, tasks, builds, graceMs }: ComputeDeps): ComputeManager => ({
  ...actionHandlers({ driver, tasks, graceMs }),

  spawn: (ctx, { taskId, guest }) =>
    tasks.run(ctx, { taskId, serverId: guest.serverId }, (signal) => builds.use(signal, () => driver.spawn(guest, signal))),

  destroy: (ctx, task) => tasks.run(ctx, task, () => driver.destroy(task.serverId), { cutShort: true }),

  consoleOutput: (_ctx, { serverId, lines }) => driver.consoleOutput(serverId, lines),
});

type ActionHandlers = Pick<ComputeManager, ServerActionName>;

interface ActionTask {
  readonly taskId: TaskId;
  readonly serverId: ServerId;
  readonly body: unknown;
}

/** One handler per declared action: it does on the host what the action says. */
const actionHandlers = ({ driver, tasks, graceMs }: Omit<ComputeDeps, 'builds'>): ActionHandlers =>
  Object.fromEntries(
    Object.entries(serverActions).map(([name, { onHost }]) => [
      name,
      (ctx: Context, { taskId, serverId, body }: ActionTask) =>
        // The bus has validated the body against this action's schema; the table of actions forgets which it was.
        tasks.run(ctx, { taskId, serverId }, () => onHost({ driver, serverId, body: body as never, graceMs })),
    ]),
    // Object.fromEntries forgets keys; every action has its handler by construction.
  ) as ActionHandlers;
