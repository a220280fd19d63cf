import type { MarshalledError } from '../errors/marshal.ts';
import { WorkflowAbandoned, WorkflowSuperseded } from './errors.ts';
import { fact, type Move, nextMove } from './plan.ts';
import type { ClaimedWorkflow, Hold, LogEntry } from './store.ts';
import type { WorkflowDefinition } from './workflow.ts';

/** One workflow held by this engine: its state, and the handle to interrupt what it is doing. */
export class Run {
  readonly hold: Hold;
  readonly claimed: ClaimedWorkflow;
  readonly definition: WorkflowDefinition;
  attempt: number;
  /** Of the tries of the current step: those that failed, those whose owner died, and why the last one failed. */
  refusals: number;
  deaths: number;
  lastError: MarshalledError | null;
  failure: MarshalledError | null;
  /** True until a step begins: nothing can need undoing. */
  fresh: boolean;
  /** It waits for a report or a retry, so it can be released at once. */
  waiting = false;
  /** A step did not end when told to; its code may still be running. */
  unsettled = false;
  readonly #facts: Set<string>;
  readonly #outputs = new Map<string, unknown>();
  #cancelRequested: boolean;
  #abandoned = false;
  #current: AbortController | null = null;

  constructor(claimed: ClaimedWorkflow, definition: WorkflowDefinition, owner: string) {
    this.hold = { id: claimed.id, owner, generation: claimed.generation };
    this.claimed = claimed;
    this.definition = definition;
    this.attempt = claimed.attempt;
    this.refusals = claimed.refusals;
    this.deaths = claimed.deaths;
    this.lastError = claimed.lastError;
    this.failure = claimed.failure;
    this.fresh = claimed.fresh;
    this.#cancelRequested = claimed.cancelRequested;
    this.#facts = new Set(claimed.log.map(({ phase, step }) => fact(phase, step)));
    for (const { step, phase, output, empty } of claimed.log) {
      if (phase === 'done') this.#outputs.set(step, empty ? undefined : output);
    }
  }

  get abandoned(): boolean {
    return this.#abandoned;
  }

  next(): Move {
    return nextMove(this.definition, { facts: this.#facts, failure: this.failure });
  }

  /** Applies a log entry to the state, as claiming the workflow again would. */
  record(entry: LogEntry): void {
    this.#facts.add(fact(entry.phase, entry.step));
    this.attempt = 1;
    this.refusals = 0;
    this.deaths = 0;
    this.lastError = null;
    if (entry.phase === 'done') this.#outputs.set(entry.step, entry.output);
  }

  /** Counts a try of the current step that failed and will be retried. */
  refuse(error: MarshalledError): void {
    this.attempt += 1;
    this.refusals += 1;
    this.lastError = error;
  }

  /** What a move may see: the input and what the steps before it returned; the finish hook sees all and the failure. */
  scope(move: Move): object {
    const scope: Record<string, unknown> = { ...this.claimed.input };
    for (const { name } of this.definition.steps) {
      if ('step' in move && move.step.name === name) return scope;
      if (this.#facts.has(fact('done', name))) scope[name] = this.#outputs.get(name);
    }
    return { ...scope, failure: this.failure };
  }

  /** Why the current move has to end, or null. An unwinding workflow ignores requests to give way: it is giving way already. */
  get interruption(): Error | null {
    if (this.#abandoned) return WorkflowAbandoned({ workflowId: this.hold.id });
    return this.#cancelRequested && !this.failure && this.definition.givesWay ? WorkflowSuperseded({ workflowId: this.hold.id }) : null;
  }

  /** Tells the workflow to give way. */
  cancel(): void {
    this.#cancelRequested = true;
    this.#interrupt();
  }

  /** Tells the workflow to stop where it is, without a log entry. */
  abandon(): void {
    this.#abandoned = true;
    this.#interrupt();
  }

  /** Marks the workflow as waiting; a stopping engine abandons it instead. */
  waitFrom(engineStops: boolean): void {
    this.waiting = true;
    if (engineStops) this.abandon();
  }

  /** Runs work that `cancel` and `abandon` can interrupt through the controller; does not start it if they were called before. */
  async interruptible<T>(work: (controller: AbortController) => Promise<T>): Promise<T> {
    if (this.interruption) throw this.interruption;
    const controller = new AbortController();
    this.#current = controller;
    try {
      return await work(controller);
    } finally {
      this.#current = null;
    }
  }

  #interrupt(): void {
    if (this.interruption) this.#current?.abort(this.interruption);
  }
}
