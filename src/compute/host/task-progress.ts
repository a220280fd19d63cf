import type { Clock } from '../../lib/clock/clock.ts';
import { UNNEEDED } from '../../lib/clock/unneeded.ts';
import { messageOf } from '../../lib/errors/error-type.ts';
import type { Log } from '../../lib/log/log.ts';
import type { ReportProgress } from '../../virt/driver.ts';

/** How often a host says that it is still at a task. Well below the time after which the conductor gives up a task that it hears nothing of. */
export const PROGRESS_EVERY_MS = 30_000;

/** How often it is looked whether there is something new to say. */
const LOOK_EVERY_MS = 2_000;

/** The longest text that is told; more is cut off. */
const MAX_TEXT_CHARS = 255;

/** How far a task is, as far as it knows, and in which words. */
export interface Word {
  /** 0 to 100. */
  readonly percent?: number;
  readonly text?: string;
}

export interface TaskProgressOptions {
  /** Tells the conductor; answers whether the task is still wanted. */
  readonly tell: (word: Word) => Promise<boolean>;
  /** Called when nobody wants the task any more. */
  readonly onUnwanted: () => void;
  readonly everyMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** Says of one task that it is still worked on: at intervals, and sooner when the work says how far it is. */
export class TaskProgress {
  readonly #options: TaskProgressOptions;
  readonly #over = new AbortController();
  #word: Word = {};

  constructor(options: TaskProgressOptions) {
    this.#options = options;
  }

  /** For the work: how far it is. What comes too often is told when its turn comes, the latest only. */
  readonly set: ReportProgress = (percent, text) => {
    if (!Number.isFinite(percent)) return;
    this.#word = {
      percent: Math.max(0, Math.min(100, Math.trunc(percent))),
      ...(text === undefined ? {} : { text: text.slice(0, MAX_TEXT_CHARS) }),
    };
  };

  /** Tells until `end`. */
  async start(): Promise<void> {
    const { clock, everyMs } = this.#options;
    let told = this.#word;
    let toldMs = clock.monotonicMs();
    while (!this.#over.signal.aborted) {
      await clock.sleep(Math.min(LOOK_EVERY_MS, everyMs), this.#over.signal).catch(() => {});
      if (this.#over.signal.aborted) return;
      if (isSame(told, this.#word) && clock.monotonicMs() - toldMs < everyMs) continue;
      told = this.#word;
      toldMs = clock.monotonicMs();
      await this.#tell(told);
    }
  }

  /** The task is over; what has not been told of its progress is of no more use. */
  end(): void {
    this.#over.abort(UNNEEDED);
  }

  async #tell(word: Word): Promise<void> {
    try {
      if (!(await this.#options.tell(word))) this.#options.onUnwanted();
    } catch (error) {
      // Not being heard is no sign that the work is not wanted.
      this.#options.log.debug({ error: messageOf(error) }, 'the progress of a task could not be told; trying again later');
    }
  }
}

const isSame = (a: Word, b: Word): boolean => a.percent === b.percent && a.text === b.text;
