import type { Clock } from '../../lib/clock/clock.ts';
import { UNNEEDED } from '../../lib/clock/unneeded.ts';
import { messageOf } from '../../lib/errors/error-type.ts';
import type { Log } from '../../lib/log/log.ts';
import type { Transfer } from '../../objects/live-migration.ts';
import type { ReportProgress } from '../../virt/driver.ts';

/** How often a host reports a running task. Well below the time after which the conductor gives up a silent task. */
export const PROGRESS_EVERY_MS = 30_000;

/** How often to check for new progress. */
const LOOK_EVERY_MS = 2_000;

/** The longest progress text; the rest is cut off. */
const MAX_TEXT_CHARS = 255;

/** How far a task is, if known. */
export interface Progress {
  /** 0 to 100. */
  readonly percent?: number;
  readonly text?: string;
  /** The task state that the server is in from now on; by default the one before. */
  readonly taskState?: string;
  /** What a live migration has moved. */
  readonly transfer?: Transfer;
}

/** How work reports its progress: a new task state is kept until the next one. */
export type ReportTaskProgress = (...progress: [...Parameters<ReportProgress>, taskState?: string]) => void;

export interface TaskProgressOptions {
  /** Sends progress to the conductor; answers whether the task is still wanted. */
  readonly tell: (progress: Progress) => Promise<boolean>;
  /** Called when the task is no longer wanted. */
  readonly onUnwanted: () => void;
  readonly everyMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** Sends heartbeats of one task, and its progress as soon as the work reports some. */
export class TaskProgress {
  readonly #options: TaskProgressOptions;
  readonly #over = new AbortController();
  #latest: Progress = {};

  constructor(options: TaskProgressOptions) {
    this.#options = options;
  }

  /** Called by the work with its progress. Frequent reports are throttled to the latest. */
  readonly set: ReportTaskProgress = (percent, text, transfer, taskState = this.#latest.taskState) => {
    if (!Number.isFinite(percent)) return;
    this.#latest = {
      percent: Math.max(0, Math.min(100, Math.trunc(percent))),
      ...(text === undefined ? {} : { text: text.slice(0, MAX_TEXT_CHARS) }),
      ...(taskState === undefined ? {} : { taskState }),
      ...(transfer === undefined ? {} : { transfer }),
    };
  };

  /** Reports until `end`. */
  async start(): Promise<void> {
    const { clock, everyMs } = this.#options;
    let told = this.#latest;
    let toldMs = clock.monotonicMs();
    while (!this.#over.signal.aborted) {
      await clock.sleep(Math.min(LOOK_EVERY_MS, everyMs), this.#over.signal).catch(() => {});
      if (this.#over.signal.aborted) return;
      if (isSame(told, this.#latest) && clock.monotonicMs() - toldMs < everyMs) continue;
      told = this.#latest;
      toldMs = clock.monotonicMs();
      await this.#tell(told);
    }
  }

  /** The task is over; unsent progress is dropped. */
  end(): void {
    this.#over.abort(UNNEEDED);
  }

  async #tell(progress: Progress): Promise<void> {
    try {
      if (!(await this.#options.tell(progress))) this.#options.onUnwanted();
    } catch (error) {
      // A failed report does not mean that the work is unwanted.
      this.#options.log.debug({ error: messageOf(error) }, 'the progress of a task could not be reported; trying again later');
    }
  }
}

const isSame = (a: Progress, b: Progress): boolean =>
  a.percent === b.percent && a.text === b.text && a.taskState === b.taskState && a.transfer === b.transfer;
