import type { Clock } from '../clock/clock.ts';
import type { Ids } from '../clock/ids.ts';
import { messageOf } from '../errors/error-type.ts';
import { invariant } from '../errors/invariant.ts';
import type { Log } from '../log/log.ts';
import { type Chronicle, logStatements } from './chronicle.ts';
import { WorkflowDatabase, type WorkflowPool } from './database.ts';
import { Holdings } from './holdings.ts';
import { listen } from './listener.ts';
import { Mailbox } from './mailbox.ts';
import type { ReportOutcome } from './report.ts';
import { Slots } from './slots.ts';
import { WorkflowStore } from './store.ts';
import { noTrace, type WorkflowTrace } from './trace.ts';
import type { WorkflowDefinition } from './workflow.ts';

/** How often the engine looks for itself, in case that a hint was lost or an owner died. */
const SWEEP_EVERY_MS = 2_000;

/** How many workflows one engine holds at most, most of them waiting. */
const MAX_HELD = 10_000;

export interface WorkflowEngineOptions {
  /** One of its connections listens; the others serve the log. */
  readonly pool: WorkflowPool;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Who holds the workflows that this engine runs; unique among living processes, the same after a restart. */
  readonly owner: string;
  readonly definitions: readonly WorkflowDefinition[];
  /** How many steps are at work at a time; those that wait for reports or for their next try do not count. */
  readonly concurrency: number;
  /** Whether another owner lives; the workflows of a dead one are adopted. */
  readonly isAlive: (owner: string) => Promise<boolean>;
  readonly trace?: WorkflowTrace;
  /** Who else writes down the steps, if anybody does. */
  readonly chronicle?: Chronicle;
  readonly sweepEveryMs?: number;
}

/** Runs the workflows of the database that nobody else runs. Several engines share the work; PostgreSQL keeps them apart. */
export class WorkflowEngine {
  readonly #options: WorkflowEngineOptions;
  readonly #store: WorkflowStore;
  readonly #mailbox: Mailbox;
  readonly #holdings: Holdings;
  readonly #stopped = new AbortController();
  #background: Promise<unknown> = Promise.resolve();

  constructor(options: WorkflowEngineOptions) {
    const { pool, clock, ids, log, owner, definitions, concurrency, trace = noTrace, chronicle } = options;
    invariant(new Set(definitions.map(({ name }) => name)).size === definitions.length, 'each workflow has a name of its own');
    this.#options = options;
    const database = new WorkflowDatabase({ pool, clock, ids, log, signal: this.#stopped.signal });
    this.#store = new WorkflowStore(database, logStatements(chronicle));
    this.#mailbox = new Mailbox({ store: this.#store, clock, log });
    const tools = { store: this.#store, mailbox: this.#mailbox, slots: new Slots(concurrency), clock, ids, log, trace };
    const accountOf = (error: unknown) => chronicle?.accountOf(error) ?? null;
    this.#holdings = new Holdings({ ...tools, accountOf, owner, definitions, maxHeld: MAX_HELD });
  }

  /** Begins to listen and to sweep; what this owner left behind is resumed first. */
  start(): void {
    const { signal } = this.#stopped;
    const hints = { onHint: (payload: string) => this.#hint(payload), onListening: () => this.#lookEverywhere() };
    this.#background = Promise.all([listen({ ...this.#options, ...hints }, signal), this.#sweepUntil(signal)]);
  }

  /** Takes up this workflow now if it is free to run, without waiting for its end; harmless to repeat. */
  run(workflowId: string): Promise<void> {
    return this.#holdings.claimOne(workflowId);
  }

  /** Resolves once this engine does not hold the workflow: it ended, went to another owner, or never was here. */
  settled(workflowId: string): Promise<void> {
    return this.#holdings.settled(workflowId);
  }

  /** Stores word about a task, by whichever process; a step that waits for it here wakes at once. */
  async report(taskId: string, outcome: ReportOutcome): Promise<void> {
    // Whose step waits here is told here; all others have to be notified, who can be anywhere.
    const isStored = await this.#store.report(taskId, outcome, { notify: !this.#mailbox.isExpected(taskId) });
    if (isStored) this.#mailbox.deliver(taskId, outcome);
    else await this.#mailbox.hint(taskId);
  }

  /** Deletes workflows that ended before a time, at most so many; returns how many. */
  prune({ before, limit }: { readonly before: Date; readonly limit: number }): Promise<number> {
    return this.#store.prune(before, limit);
  }

  /**
   * Takes nothing more, lets go of what waits, gives the steps at work `graceMs` to end and be logged, and abandons the rest:
   * whoever adopts it runs the step again.
   */
  async stop({ graceMs }: { graceMs: number }): Promise<void> {
    await this.#holdings.stop(graceMs);
    this.#stopped.abort();
    await this.#background;
  }

  #hint(payload: string): void {
    const [what, taskId] = payload.split(' ');
    if (what === 'run') this.#holdings.wake();
    else if (what === 'cancel') this.#inBackground(this.#holdings.review());
    else if (what === 'report' && taskId) this.#inBackground(this.#mailbox.hint(taskId));
  }

  #lookEverywhere(): void {
    this.#holdings.wake();
    this.#inBackground(Promise.all([this.#holdings.review(), this.#mailbox.poll()]));
  }

  async #sweepUntil(signal: AbortSignal): Promise<void> {
    const { clock, sweepEveryMs = SWEEP_EVERY_MS } = this.#options;
    while (!signal.aborted) {
      this.#lookEverywhere();
      await this.#adoptOrphans().catch((error: unknown) => this.#complain(error));
      await clock.sleep(sweepEveryMs, signal).catch(() => {});
    }
  }

  async #adoptOrphans(): Promise<void> {
    const owners = await this.#store.otherOwners(this.#options.owner);
    const alive = await Promise.all(owners.map((owner) => this.#options.isAlive(owner)));
    const dead = owners.filter((_, at) => !alive[at]);
    if (dead.length > 0) this.#options.log.warn({ owners: dead }, 'adopting the workflows of owners that died');
    await this.#holdings.adopt(dead);
  }

  #inBackground(work: Promise<unknown>): void {
    work.catch((error: unknown) => this.#complain(error));
  }

  #complain(error: unknown): void {
    if (!this.#stopped.signal.aborted)
      this.#options.log.error({ err: messageOf(error) }, 'looking for workflows failed, the next sweep will');
  }
}
