import { UNNEEDED } from '../../../lib/clock/unneeded.ts';
import { messageOf } from '../../../lib/errors/error-type.ts';
import { invariant } from '../../../lib/errors/invariant.ts';
import type { Receipt } from '../../../lib/rpc/contract.ts';
import { WorkflowStepTimedOut, WorkflowSuperseded } from '../../../lib/workflow/errors.ts';
import type { StepContext } from '../../../lib/workflow/step.ts';
import { asId, type HostName, type TaskId } from '../../../objects/ids.ts';
import { ComputeHostDown } from '../../errors.ts';
import type { WorkflowDeps } from '../deps.ts';

/** How long a workflow waits for a heartbeat of a host that works on a task, in milliseconds. */
export const HOST_WORK_TIMEOUT_MS = 30 * 60_000;

/** How often a task is sent again, in case the message or the host's memory of it was lost. */
const RESEND_EVERY_MS = 15_000;

/** How often to check whether the host is still up. */
const WATCH_EVERY_MS = 5_000;

/** Sends a task of the compute contract, which declares its result. */
type Send<R> = (task: TaskId) => Promise<Receipt<R>>;

export type HostWorkDeps = Pick<WorkflowDeps, 'serviceGroup' | 'clock' | 'log'> & {
  readonly compute: Pick<WorkflowDeps['compute'], 'abortTask'>;
  readonly options: Pick<WorkflowDeps['options'], 'hostWorkTimeoutMs'>;
};

/**
 * Runs a task on a host, waits for its report and returns the result. Fails with ComputeHostDown as soon as the host counts as down, and
 * times out without a heartbeat of the task. A task that is no longer waited for is aborted on the host. With `seenUp` the host is not
 * checked first.
 */
export async function workOnHost<R>(
  deps: HostWorkDeps,
  w: StepContext,
  host: HostName,
  send: Send<R>,
  { seenUp = false }: { readonly seenUp?: boolean } = {},
): Promise<R> {
  const task = asId<TaskId>(w.taskId);
  if (!seenUp && !(await isUp(deps, host))) throw ComputeHostDown({ host });
  const watch = new AbortController();
  let receipt: Receipt<R> | undefined;
  try {
    const reported = await Promise.race([
      w.awaitReport<unknown>({
        send: async () => {
          receipt = await send(task);
        },
        timeoutMs: deps.options.hostWorkTimeoutMs,
        resend: () => send(task),
        resendEveryMs: RESEND_EVERY_MS,
      }),
      rejectWhenDown(deps, host, AbortSignal.any([w.signal, watch.signal])),
    ]);
    invariant(receipt, 'a step asks before it waits');
    return receipt.read(reported);
  } catch (error) {
    if (isGivenUp(error)) abortOnHost(deps, w, host, task);
    throw error;
  } finally {
    watch.abort(UNNEEDED);
  }
}

/**
 * The step is over, and nobody will wait for its task again. Not so if the engine stops: whoever takes over the workflow waits on. Nor if
 * the host is down: the next attempt asks for the same task.
 */
const isGivenUp = (error: unknown): boolean => WorkflowSuperseded.is(error) || WorkflowStepTimedOut.is(error);

/** Aborts the task on the host. Not awaited: a host that misses the message learns it from the answer to its next heartbeat. */
function abortOnHost(deps: HostWorkDeps, w: StepContext, host: HostName, taskId: TaskId): void {
  deps.compute
    .abortTask(w.ctx, { host, taskId })
    .catch((error: unknown) => deps.log.info({ host, taskId, error: messageOf(error) }, 'a host could not be told to abort a task'));
}

/**
 * Like workOnHost, for work that may be skipped on a dead host, which cleans up by itself when it is back. Answers whether the host was up.
 */
export async function workOnHostIfUp(deps: HostWorkDeps, w: StepContext, host: HostName, send: Send<unknown>): Promise<boolean> {
  try {
    await workOnHost(deps, w, host, send);
    return true;
  } catch (error) {
    if (!ComputeHostDown.is(error)) throw error;
    deps.log.warn({ host, task: w.taskId }, 'the host is down; it will clean up when it is back');
    return false;
  }
}

export const isUp = (deps: Pick<WorkflowDeps, 'serviceGroup'>, host: HostName): Promise<boolean> =>
  deps.serviceGroup.isUp({ binary: 'nova-compute', host });

/** Rejects when the host goes down; never resolves. */
async function rejectWhenDown(deps: Pick<WorkflowDeps, 'serviceGroup' | 'clock'>, host: HostName, signal: AbortSignal): Promise<never> {
  for (;;) {
    await deps.clock.sleep(WATCH_EVERY_MS, signal);
    // A failed check does not mean that the host is down.
    if (!(await isUp(deps, host).catch(() => true))) throw ComputeHostDown({ host });
  }
}
