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

/** How often the engine sweeps the tables, in case a hint was lost or an owner died. */
const SWEEP_EVERY_MS = 2_000;

/** How many workflows one engine holds at most, most of them waiting. */
const MAX_HELD = 10_000;

export interface WorkflowEngineOptions {
  /** One of its connections is for LISTEN, the others for the log's statements. */
  readonly pool: WorkflowPool;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Names this engine as holder of its workflows. Unique among running processes, unchanged by a restart. */
  readonly owner: string;
  readonly definitions: readonly WorkflowDefinition[];
  /** How many steps run at a time; steps waiting for a report or a retry do not count. */
  readonly concurrency: number;
  /** Whether another owner is alive. The engine adopts the workflows of dead ones. */
  readonly isAlive: (owner: string) => Promise<boolean>;
  readonly trace?: WorkflowTrace;
  /** A second record of the steps, if one is kept. */
  readonly chronicle?: Chronicle;
  readonly sweepEveryMs?: number;
}

/** Claims and runs workflows from the database. Several engines share the work; claims in PostgreSQL keep them off each other's workflows. */
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

  /** Starts listening and sweeping; first resumes what this owner held before a restart. */
  start(): void {
    const { signal } = this.#stopped;
    const hints = { onHint: (payload: string) => this.#hint(payload), onListening: () => this.#lookEverywhere() };
    this.#background = Promise.all([listen({ ...this.#options, ...hints }, signal), this.#sweepUntil(signal)]);
  }

  /** Claims this workflow now if it is free, and does not wait for its end. Repeating it is a no-op. */
  run(workflowId: string): Promise<void> {
    return this.#holdings.claimOne(workflowId);
  }

  /** Resolves once this engine does not hold the workflow: it ended, went to another owner, or never was here. */
  settled(workflowId: string): Promise<void> {
    return this.#holdings.settled(workflowId);
  }

  /** Stores the report of a task, whichever process runs its step. A step of this engine that waits for it wakes at once. */
  async report(taskId: string, outcome: ReportOutcome): Promise<void> {
    // A step waiting in this engine is told directly; one in another process needs a NOTIFY.
    const isStored = await this.#store.report(taskId, outcome, { notify: !this.#mailbox.isExpected(taskId) });
    if (isStored) this.#mailbox.deliver(taskId, outcome);
    else await this.#mailbox.hint(taskId);
  }

  /** Deletes at most `limit` workflows that ended before a time; returns how many. */
  prune({ before, limit }: { readonly before: Date; readonly limit: number }): Promise<number> {
    return this.#store.prune(before, limit);
  }

  /**
   * Claims nothing more, releases waiting workflows, gives running steps `graceMs` to end and be logged, and abandons the rest.
   * The engine that adopts an abandoned workflow runs its step again.
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
      this.#options.log.error({ err: messageOf(error) }, 'looking for workflows failed; the next sweep retries');
  }
}
