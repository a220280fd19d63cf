import type { Clock } from '../clock/clock.ts';
import { UNNEEDED } from '../clock/unneeded.ts';
import { messageOf } from '../errors/error-type.ts';
import { unmarshalError } from '../errors/marshal.ts';
import type { Log } from '../log/log.ts';
import { WorkflowStepTimedOut } from './errors.ts';
import type { ReportOutcome } from './report.ts';
import type { AwaitReport } from './step.ts';
import type { WorkflowStore } from './store.ts';

/** How long to wait before resending a request, unless the step says otherwise. */
const RESEND_EVERY_MS = 30_000;

/** The steps of this engine that wait for reports. The reports table is the truth; hints only say when to read it. */
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

  /** Keeps the report of a task from now on, so that one arriving while the request is still being sent is not missed. */
  expect(taskId: string): void {
    this.#expected.set(taskId, Promise.withResolvers());
  }

  /** Ends `expect`: no step will wait for this task. */
  forget(taskId: string): void {
    this.#expected.delete(taskId);
  }

  isExpected(taskId: string): boolean {
    return this.#expected.has(taskId);
  }

  /** Delivers a report that was just stored. */
  deliver(taskId: string, outcome: ReportOutcome): void {
    this.#expected.get(taskId)?.resolve(outcome);
  }

  /** Reads the report of one task, if a step of this engine waits for it. */
  async hint(taskId: string): Promise<void> {
    if (this.#expected.has(taskId)) await this.#look([taskId]);
  }

  /** Reads the reports of all waiting steps in one statement. */
  async poll(): Promise<void> {
    if (this.#expected.size > 0) await this.#look([...this.#expected.keys()]);
  }

  /**
   * Waits for the outcome of a task: returns its value or throws its error. With `persists` any error leads to a retry. A task that was
   * not `expected` before its first request is looked up at once, since its report may have come already.
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
        // If the lookup fails, the wait fails.
        if (!task.isExpected) this.#look([task.taskId]).catch(reject);
        const late = () => reject(WorkflowStepTimedOut({ step: task.step, timeoutMs }));
        this.#silence(task.taskId, timeoutMs, over.signal).then(late, () => {});
        if (resend) this.#resend(task.taskId, resend, resendEveryMs ?? RESEND_EVERY_MS, over.signal).catch(() => {});
      });
      if ('ok' in outcome) return outcome.ok;
      const error = unmarshalError(outcome.error);
      // The step will be retried; the old report must not answer the new request.
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

  /** Resolves when the task was silent for `timeoutMs`. Any process may record progress, so the table is read when the time is up. */
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
