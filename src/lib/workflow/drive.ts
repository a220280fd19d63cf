import type { Ids } from '../clock/ids.ts';
import { kindOf, messageOf } from '../errors/error-type.ts';
import { marshalError, unmarshalError } from '../errors/marshal.ts';
import type { Log } from '../log/log.ts';
import { type Backoff, delayMs, doBackoff, undoBackoff } from './backoff.ts';
import { WorkflowStepGaveUp, WorkflowStepTimedOut } from './errors.ts';
import { throughJson } from './json-text.ts';
import { statusAt, stepOf } from './plan.ts';
import type { Run } from './run.ts';
import type { Advance, WorkflowStore } from './store.ts';
import { type ActingMove, type TryTools, tryStep } from './try-step.ts';

/** What `drive` needs of its engine. */
export interface DriveTools extends TryTools {
  readonly store: WorkflowStore;
  readonly ids: Ids;
  readonly log: Log;
  /** Called when a workflow has ended and others of its subject are waiting for that. */
  readonly onOthersWait: () => void;
  /** How the chronicle records a failure. */
  readonly accountOf: (error: unknown) => object | null;
}

/** How many owners may die during one step before the step is assumed to kill them. */
const MAX_DEATHS = 20;

type Fact = Pick<Advance, 'entry' | 'failure' | 'account'>;

/**
 * Drives one claimed workflow as far as it goes: runs each move, then logs its outcome and the start of the next move in one write.
 * Throws WorkflowFenced or WorkflowAbandoned when this engine must stop driving the workflow.
 */
export async function drive(run: Run, tools: DriveTools): Promise<void> {
  let move = run.next();
  // Nothing is left to do only when the definition lost steps since the workflow began.
  if (move.kind === 'end') await log(run, { entry: null, failure: null, account: null }, tools);
  while (move.kind !== 'end') {
    if (tools.isStopping()) {
      await tools.store.release(run.hold);
      return;
    }
    // oxlint-disable-next-line no-await-in-loop -- steps are one after the other by nature
    await log(run, await act(run, move, tools), tools);
    move = run.next();
  }
}

/** Logs the outcome of a move and the next move it leads to. */
async function log(run: Run, { entry, failure, account }: Fact, tools: DriveTools): Promise<void> {
  if (failure) run.failure = failure;
  if (entry) run.record(entry);
  const next = run.next();
  const advance = { entry, failure, account, status: statusAt(next, run.failure), nextStep: stepOf(next) };
  const { cancelRequested, othersWait } = await tools.store.advance(run.hold, advance);
  if (cancelRequested) run.cancel();
  if (othersWait) tools.onOthersWait();
}

type Outcome = { readonly output: unknown } | { readonly error: unknown };

/** Runs a move, with its retries, until it succeeds or fails. */
async function act(run: Run, move: ActingMove, tools: DriveTools): Promise<Fact> {
  const wasFresh = run.fresh;
  const [step, startedAt] = [stepOf(move) ?? '', tools.clock.now()];
  const outcome = await persist(run, move, tools);
  const times = { step, startedAt, endedAt: tools.clock.now() };
  if ('output' in outcome) {
    const phase = move.kind === 'undo' ? 'undone' : 'done';
    return { entry: { ...times, phase, output: outcome.output }, failure: null, account: null };
  }
  const failure = marshalError(outcome.error);
  const account = tools.accountOf(outcome.error);
  // Asked to give way before any step began: there is nothing to undo and no step to log.
  if (wasFresh && run.fresh) return { entry: null, failure, account };
  tools.log.warn({ workflow: run.definition.name, id: run.hold.id, step, err: outcome.error }, 'a step failed, the workflow unwinds');
  return { entry: { ...times, phase: 'failed', error: failure }, failure, account };
}

/** Tries until the move succeeds or a retry cannot help; notes each failure in the workflow's row. */
async function persist(run: Run, move: ActingMove, tools: DriveTools): Promise<Outcome> {
  const backoff: Backoff = move.kind === 'do' ? { ...doBackoff, ...move.step.retries } : undoBackoff;
  // What a step is refused says more than that its owners died.
  const { deaths, lastError } = run;
  if (move.kind === 'do' && deaths >= MAX_DEATHS)
    return { error: lastError ? unmarshalError(lastError) : WorkflowStepGaveUp({ step: move.step.name, deaths }) };
  for (;;) {
    const outcome = await once(run, move, tools);
    if ('output' in outcome) return outcome;
    if (run.abandoned) throw outcome.error;
    const failures = run.refusals + 1;
    // An undo is retried until it succeeds.
    if (move.kind === 'do' && (!isPassing(outcome.error) || failures >= backoff.attempts)) return outcome;
    tools.log.warn(
      { workflow: run.definition.name, id: run.hold.id, move: move.kind, step: stepOf(move), failures, err: messageOf(outcome.error) },
      'retrying a step',
    );
    const error = marshalError(outcome.error);
    const { cancelRequested } = await tools.store.note(run.hold, error);
    if (cancelRequested) run.cancel();
    run.refuse(error);
    await rest(run, delayMs(backoff, failures, tools.ids), tools);
  }
}

/** One try. Its result goes through JSON, so that later steps see the same value with or without a crash in between. */
const once = (run: Run, move: ActingMove, tools: DriveTools): Promise<Outcome> =>
  tryStep(run, move, tools)
    .then((output) => ({ output: move.kind === 'do' ? throughJson(output) : undefined }))
    .catch((error: unknown) => ({ error }));

/** Whether the failure is transient, so that a retry may help. A timed-out step is not retried: it has used its time. */
const isPassing = (error: unknown): boolean => kindOf(error) === 'unavailable' && !WorkflowStepTimedOut.is(error);

/** Waits without occupying a slot. Returns early when interrupted; the next try notices that. */
async function rest(run: Run, ms: number, { clock, slots, isStopping }: DriveTools): Promise<void> {
  run.waitFrom(isStopping());
  slots.release();
  await run.interruptible((controller) => clock.sleep(ms, controller.signal)).catch(() => {});
  await slots.acquire();
  run.waiting = false;
}
