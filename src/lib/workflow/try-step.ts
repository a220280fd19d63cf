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

/** Timeout of one try where the step declares none. */
const DEFAULT_TIMEOUT_MS = 5 * 60_000;

/** How long an aborted step may take to end; then the engine continues without it. */
const SETTLE_MS = 5_000;

/** What a try needs of its engine. */
export interface TryTools {
  readonly clock: Clock;
  readonly slots: Slots;
  readonly mailbox: Mailbox;
  readonly trace: WorkflowTrace;
  /** Whether the engine is stopping: nothing new begins, and waiting workflows are released. */
  readonly isStopping: () => boolean;
}

/** A move with something to run. */
export type ActingMove = Exclude<Move, { kind: 'end' }>;

/** Runs the function of a move once: with its timeout, interruptible, and traced as a hop. */
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
      // Aborts whatever the step left running.
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
  // Seam of the erased types: the builder proved that a step reads only its input and the results before it.
  const scope = run.scope(move) as never;
  if (move.kind === 'do') return move.step.do(scope, w);
  return move.kind === 'undo' ? move.step.undo?.(scope, w) : run.definition.unwound?.(scope, w);
}

/** While a step waits for a report, its timeout is paused and its slot is free for others. */
const waiter = (run: Run, move: ActingMove, { slots, mailbox, isStopping }: TryTools, deadline: Deadline, signal: AbortSignal) => {
  let hasAsked = false;
  return async <T>(wait: AwaitReport): Promise<T> => {
    const taskId = taskIdOf(run, move);
    // On a retry, or when a step asks again, the report for the earlier request may have come already, and it counts.
    const isExpected = wait.send !== undefined && run.attempt === 1 && !hasAsked;
    hasAsked = true;
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
};

/** Waits for a step, but only SETTLE_MS after its abort: code that ignores its signal must not hold the workflow. */
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
