import { UNNEEDED } from '../../../lib/clock/unneeded.ts';
import { messageOf } from '../../../lib/errors/error-type.ts';
import { invariant } from '../../../lib/errors/invariant.ts';
import type { Receipt } from '../../../lib/rpc/contract.ts';
import { WorkflowStepTimedOut, WorkflowSuperseded } from '../../../lib/workflow/errors.ts';
import type { StepContext } from '../../../lib/workflow/step.ts';
import { asId, type HostName, type TaskId } from '../../../objects/ids.ts';
import { ComputeHostDown } from '../../errors.ts';
import type { WorkflowDeps } from '../deps.ts';

/** How often a host at work is asked once more, in case the message or the host's memory of it was lost. */
const RESEND_EVERY_MS = 15_000;

/** How often it is looked whether a host at work still lives. */
const WATCH_EVERY_MS = 5_000;

/** Sends a task of the compute contract, which says what will be reported of it. */
type Send<R> = (task: TaskId) => Promise<Receipt<R>>;

export type HostWorkDeps = Pick<WorkflowDeps, 'serviceGroup' | 'clock' | 'log'> & {
  readonly compute: Pick<WorkflowDeps['compute'], 'abortTask'>;
  readonly options: Pick<WorkflowDeps['options'], 'hostWorkTimeoutMs'>;
};

/**
 * Has a host do something, waits for its report and answers what that tells. Fails with ComputeHostDown as soon as the host counts as dead,
 * and when nothing was heard of the work for too long. A host whose work is no longer waited for is told to stop it. One that was seen `up`
 * just now is not looked at again before it is asked.
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
      deathOf(deps, host, AbortSignal.any([w.signal, watch.signal])),
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
 * The step is over, and its task will not be waited for again. Not so when the engine stops: who takes the workflow over waits on. Nor
 * when the host counts as dead: the next try of the step asks for the same task.
 */
const isGivenUp = (error: unknown): boolean => WorkflowSuperseded.is(error) || WorkflowStepTimedOut.is(error);

/** Tells the host to stop. Nobody waits for that: a host that does not hear it finds out when it next tells how far it is. */
function abortOnHost(deps: HostWorkDeps, w: StepContext, host: HostName, taskId: TaskId): void {
  deps.compute
    .abortTask(w.ctx, { host, taskId })
    .catch((error: unknown) => deps.log.info({ host, taskId, error: messageOf(error) }, 'a host was not told to stop a task'));
}

/**
 * The same for what may be left undone on a dead host: when it comes back, it finds out itself that it has what it should not. Answers
 * whether it was there.
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

/** Rejects when the host dies; never resolves. */
async function deathOf(deps: Pick<WorkflowDeps, 'serviceGroup' | 'clock'>, host: HostName, signal: AbortSignal): Promise<never> {
  for (;;) {
    await deps.clock.sleep(WATCH_EVERY_MS, signal);
    // Not being able to look is no sign of death.
    if (!(await isUp(deps, host).catch(() => true))) throw ComputeHostDown({ host });
  }
}
