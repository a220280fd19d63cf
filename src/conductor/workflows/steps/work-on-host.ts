import { UNNEEDED } from '../../../lib/clock/unneeded.ts';
import type { StepContext } from '../../../lib/workflow/step.ts';
import { asId, type HostName, type TaskId } from '../../../objects/ids.ts';
import { ComputeHostDown } from '../../errors.ts';
import type { WorkflowDeps } from '../deps.ts';

/** How often a host at work is asked once more, in case the message or the host's memory of it was lost. */
const RESEND_EVERY_MS = 15_000;

/** How often it is looked whether a host at work still lives. */
const WATCH_EVERY_MS = 5_000;

type Send = (task: TaskId) => Promise<void>;

export type HostWorkDeps = Pick<WorkflowDeps, 'serviceGroup' | 'clock' | 'log'> & {
  readonly options: Pick<WorkflowDeps['options'], 'hostWorkTimeoutMs'>;
};

/**
 * Has a host do something and waits for its report; fails with ComputeHostDown as soon as the host counts as dead. One that was seen `up`
 * just now is not looked at again before it is asked.
 */
export async function workOnHost(
  deps: HostWorkDeps,
  w: StepContext,
  host: HostName,
  send: Send,
  { seenUp = false }: { readonly seenUp?: boolean } = {},
): Promise<void> {
  const task = asId<TaskId>(w.taskId);
  if (!seenUp && !(await isUp(deps, host))) throw ComputeHostDown({ host });
  const watch = new AbortController();
  try {
    await Promise.race([
      w.awaitReport({
        send: () => send(task),
        timeoutMs: deps.options.hostWorkTimeoutMs,
        resend: () => send(task),
        resendEveryMs: RESEND_EVERY_MS,
      }),
      deathOf(deps, host, AbortSignal.any([w.signal, watch.signal])),
    ]);
  } finally {
    watch.abort(UNNEEDED);
  }
}

/**
 * The same for what may be left undone on a dead host: when it comes back, it finds out itself that it has what it should not. Answers
 * whether it was there.
 */
export async function workOnHostIfUp(deps: HostWorkDeps, w: StepContext, host: HostName, send: Send): Promise<boolean> {
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
