import type { Clock } from '../clock/clock.ts';
import { UNNEEDED } from '../clock/unneeded.ts';
import { Deadline } from './deadline.ts';
import { WorkflowStepTimedOut } from './errors.ts';
import { fenceOf } from './fence.ts';
import type { Mailbox } from './mailbox.ts';
import { type Move, stepOf } from './plan.ts';
import type { Run } from './run.ts';
import type { Slots } from './slots.ts';
import type { AwaitReport, StepContext } from './step.ts';
import type { WorkflowTrace } from './trace.ts';

/** Bound of one try where the step declares none. */
const DEFAULT_TIMEOUT_MS = 5 * 60_000;

/** How long a step that was told to end may take to do so; then the engine goes on without it. */
const SETTLE_MS = 5_000;

/** What a try needs of its engine. */
export interface TryTools {
  readonly clock: Clock;
  readonly slots: Slots;
  readonly mailbox: Mailbox;
  readonly trace: WorkflowTrace;
  /** Nothing is begun any more, and whoever waits is let go. */
  readonly isStopping: () => boolean;
}

/** A move with something to run. */
export type ActingMove = Exclude<Move, { kind: 'end' }>;

/** Runs the function of a move once: within its time, interruptible, as a hop of the trace. */
export const tryStep = (run: Run, move: ActingMove, tools: TryTools): Promise<unknown> =>
  run.interruptible(async (controller) => {
    const { step, timeoutMs } = { step: stepOf(move) ?? '', timeoutMs: timeoutOf(move) };
    const deadline = new Deadline(tools.clock, timeoutMs, () => controller.abort(WorkflowStepTimedOut({ step, timeoutMs })));
    const w = {
      ...identity(run, move),
      step,
      signal: controller.signal,
      awaitReport: waiter(run, move, tools, deadline, controller.signal),
    };
    const hop = { workflow: run.definition.name, step, phase: move.kind, ctx: run.claimed.ctx };
    run.fresh = false;
    deadline.start();
    try {
      return await settled(
        tools.trace.around(hop, async (ctx) => call(run, move, { ...w, ctx })),
        { run, clock: tools.clock, signal: controller.signal },
      );
    } catch (error) {
      throw controller.signal.aborted ? controller.signal.reason : error;
    } finally {
      deadline.pause();
      // Whatever the step left running should know that it is over.
      controller.abort(UNNEEDED);
    }
  });

const timeoutOf = (move: ActingMove): number => ('step' in move ? (move.step.timeoutMs ?? DEFAULT_TIMEOUT_MS) : DEFAULT_TIMEOUT_MS);

const taskIdOf = (run: Run, move: ActingMove): string => `${run.hold.id}/${stepOf(move)}${move.kind === 'do' ? '' : '/undo'}`;

const identity = (run: Run, move: ActingMove) => ({
  workflowId: run.hold.id,
  taskId: taskIdOf(run, move),
  fence: fenceOf(run.claimed.seq, run.definition, move),
  attempt: run.attempt,
});

function call(run: Run, move: ActingMove, w: StepContext): unknown {
  // The seam of erased types: the builder proved that a step wants no more than its input and the results before it.
  const scope = run.scope(move) as never;
  if (move.kind === 'do') return move.step.do(scope, w);
  return move.kind === 'undo' ? move.step.undo?.(scope, w) : run.definition.unwound?.(scope, w);
}

/** While a step waits it neither uses up its time nor keeps others from working. */
const waiter =
  (run: Run, move: ActingMove, { slots, mailbox, isStopping }: TryTools, deadline: Deadline, signal: AbortSignal) =>
  async <T>(wait: AwaitReport): Promise<T> => {
    const taskId = taskIdOf(run, move);
    // An earlier try may have been answered before we looked, and its answer holds.
    const isExpected = wait.send !== undefined && run.attempt === 1;
    if (isExpected) mailbox.expect(taskId);
    try {
      await wait.send?.();
    } catch (error) {
      mailbox.forget(taskId);
      throw error;
    }
    deadline.pause();
    run.waitFrom(isStopping());
    slots.release();
    try {
      const task = { taskId, step: stepOf(move) ?? '', persists: move.kind !== 'do', isExpected };
      // The seam to another process: the contract of the task says what it reports.
      return (await mailbox.wait(task, wait, signal)) as T;
    } finally {
      await slots.acquire();
      run.waiting = false;
      if (!signal.aborted) deadline.start();
    }
  };

/** Waits for a step, but not much longer than it was told to end: code that ignores its signal must not hold the workflow. */
async function settled<T>(work: Promise<T>, { run, clock, signal }: { run: Run; clock: Clock; signal: AbortSignal }): Promise<T> {
  const over = new AbortController();
  const deserted = new Promise<never>((_, reject) => {
    const desert = () => {
      run.unsettled = true;
      reject(signal.reason);
    };
    signal.addEventListener('abort', () => clock.sleep(SETTLE_MS, over.signal).then(desert, () => {}), { signal: over.signal });
  });
  try {
    return await Promise.race([work, deserted]);
  } finally {
    over.abort(UNNEEDED);
  }
}
