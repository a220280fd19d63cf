import type { Clock } from '../clock/clock.ts';
import { UNNEEDED } from '../clock/unneeded.ts';
import { messageOf } from '../errors/error-type.ts';
import { unmarshalError } from '../errors/marshal.ts';
import type { Log } from '../log/log.ts';
import { WorkflowStepTimedOut } from './errors.ts';
import type { ReportOutcome } from './report.ts';
import type { AwaitReport } from './step.ts';
import type { WorkflowStore } from './store.ts';

/** How long to wait before asking again, where a step gives no time of its own. */
const RESEND_EVERY_MS = 30_000;

/** The steps of this engine that wait for word from elsewhere. The table of reports is the truth; hints only say when to look. */
export class Mailbox {
  readonly #store: WorkflowStore;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #expected = new Map<string, PromiseWithResolvers<ReportOutcome>>();

  constructor(options: { store: WorkflowStore; clock: Clock; log: Log }) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#log = options.log;
  }

  /** From now on the report of a task is kept for who waits for it: so it is not missed when it comes while the task is being asked for. */
  expect(taskId: string): void {
    this.#expected.set(taskId, Promise.withResolvers());
  }

  /** Nobody will wait for this one. */
  forget(taskId: string): void {
    this.#expected.delete(taskId);
  }

  isExpected(taskId: string): boolean {
    return this.#expected.has(taskId);
  }

  /** Hands over a report that was stored just now. */
  deliver(taskId: string, outcome: ReportOutcome): void {
    this.#expected.get(taskId)?.resolve(outcome);
  }

  /** Looks for the report of one task, if anybody here waits for it. */
  async hint(taskId: string): Promise<void> {
    if (this.#expected.has(taskId)) await this.#look([taskId]);
  }

  /** Looks for the reports of all who wait, in one statement. */
  async poll(): Promise<void> {
    if (this.#expected.size > 0) await this.#look([...this.#expected.keys()]);
  }

  /**
   * Waits for the outcome of a task: returns its value or throws its error. Who `persists` asks again after any error. One that was not
   * `expected` since before it was first asked for is looked for, since its report may have come.
   */
  async wait(
    task: { taskId: string; step: string; persists: boolean; isExpected: boolean },
    { timeoutMs, resend, resendEveryMs }: AwaitReport,
    signal: AbortSignal,
  ): Promise<unknown> {
    const over = new AbortController();
    try {
      if (!task.isExpected) this.expect(task.taskId);
      const outcome = await new Promise<ReportOutcome>((resolve, reject) => {
        this.#expected.get(task.taskId)?.promise.then(resolve, reject);
        signal.addEventListener('abort', () => reject(signal.reason), { signal: over.signal });
        if (signal.aborted) reject(signal.reason);
        // Failing to look is failing to wait.
        if (!task.isExpected) this.#look([task.taskId]).catch(reject);
        const late = () => reject(WorkflowStepTimedOut({ step: task.step, timeoutMs }));
        this.#silence(task.taskId, timeoutMs, over.signal).then(late, () => {});
        if (resend) this.#resend(task.taskId, resend, resendEveryMs ?? RESEND_EVERY_MS, over.signal).catch(() => {});
      });
      if ('ok' in outcome) return outcome.ok;
      const error = unmarshalError(outcome.error);
      // The step will be tried again; the old answer must not answer the new question.
      if (task.persists || error.kind === 'unavailable') await this.#store.forgetReport(task.taskId);
      throw error;
    } finally {
      this.forget(task.taskId);
      over.abort(UNNEEDED);
    }
  }

  async #look(taskIds: readonly string[]): Promise<void> {
    for (const { taskId, outcome } of await this.#store.reports(taskIds)) this.deliver(taskId, outcome);
  }

  /** Resolves when nothing was heard of the task for so long. Words of progress are looked for when the time is up: they come by any process. */
  async #silence(taskId: string, timeoutMs: number, over: AbortSignal): Promise<void> {
    for (let leftMs = timeoutMs; leftMs > 0; ) {
      await this.#clock.sleep(leftMs, over);
      const silentMs = await this.#store.silentMs(taskId);
      leftMs = silentMs === undefined ? 0 : Math.ceil(timeoutMs - silentMs);
    }
  }

  async #resend(taskId: string, resend: () => Promise<unknown>, everyMs: number, over: AbortSignal): Promise<never> {
    for (;;) {
      await this.#clock.sleep(everyMs, over);
      await resend().catch((error: unknown) => this.#log.warn({ taskId, err: messageOf(error) }, 'asking again failed'));
    }
  }
}
