import type { Clock } from '../../lib/clock/clock.ts';
import type { Context } from '../../lib/context/context.ts';
import { messageOf } from '../../lib/errors/error-type.ts';
import { type MarshalledError, marshalError } from '../../lib/errors/marshal.ts';
import type { Log } from '../../lib/log/log.ts';
import type { ServerId, TaskId } from '../../objects/ids.ts';
import type { ReportProgress } from '../../virt/driver.ts';
import { DoneTasks } from './done-tasks.ts';
import { TaskResultTooLarge, TaskUnwanted } from './errors.ts';
import { PROGRESS_EVERY_MS, TaskProgress, type Word } from './task-progress.ts';

/** A piece of work on one server, asked for under a task id. */
export interface Task {
  readonly taskId: TaskId;
  readonly serverId: ServerId;
}

/** What is done for a task. It gives back a JSON value, or nothing, and ends when the signal aborts. */
export type Work<R> = (signal: AbortSignal, progress: ReportProgress) => Promise<R>;

export interface TaskRunnerDeps {
  /** Asks the conductor whether a task is still to be done. */
  readonly isWanted: (ctx: Context, taskId: TaskId) => Promise<boolean>;
  /** Tells the conductor how a task ended. */
  readonly report: (ctx: Context, taskId: TaskId, error: MarshalledError | undefined, result?: unknown) => Promise<void>;
  /** Tells the conductor that a task is still worked on; answers whether it is still wanted. */
  readonly tellProgress: (ctx: Context, taskId: TaskId, word: Word) => Promise<boolean>;
  readonly clock: Clock;
  readonly log: Log;
  readonly progressEveryMs?: number;
}

/** How long to wait before a report that did not get through is tried again. */
const REPORT_AGAIN_MS = 1_000;

/** How long closing waits for work that was told to stop. */
const CLOSE_MS = 3_000;

/** The largest result of a task, as JSON; well below what a message may have. */
const MAX_RESULT_BYTES = 1024 * 1024;

/** What became of a task. */
type Ended = { readonly error?: MarshalledError; readonly result?: unknown; readonly unwanted?: true };

/** A task in the hands of the runner. */
interface Asked {
  readonly stop: AbortController;
  readonly progress: TaskProgress;
  /** Nobody waits for it any more. */
  isUnwanted: boolean;
  ended: Promise<unknown>;
}

/**
 * Does what the host is asked to, once for each task id, one task of a server at a time, and reports each end until somebody heard it.
 * What waited in a queue until nobody wanted it any more (this host was away, and the server went elsewhere) is not begun, and what is
 * no longer wanted is stopped. While a task is here the conductor is told at intervals that it is. What failed is done again when it is
 * asked for again: who asks has heard of the failure and wants another try. A task may cut short those before it (a server that is
 * deleted need not be built to its end).
 */
export class TaskRunner {
  readonly #deps: TaskRunnerDeps;
  readonly #underWay = new Map<TaskId, Asked>();
  readonly #done = new DoneTasks();
  /** The last task of each busy server, with the means to stop all that are not done. */
  readonly #lastOf = new Map<ServerId, { done: Promise<void>; stops: Set<AbortController> }>();
  readonly #closing = new AbortController();

  constructor(deps: TaskRunnerDeps) {
    this.#deps = deps;
  }

  /** Ends when the task is done and reported, with the result; with nothing when there is none to report. */
  async run<R>(ctx: Context, task: Task, work: Work<R>, options: { cutShort?: boolean } = {}): Promise<R | undefined> {
    // Seam: one task id stands for one piece of work, so a result under it is what this work would give, after a trip through JSON.
    return (await this.#once(ctx, task, work, options.cutShort ?? false)) as R | undefined;
  }

  /** Stops a task that nobody waits for any more, and reports nothing of it. If it is asked for again, it is done again. */
  abort(taskId: TaskId): void {
    const asked = this.#underWay.get(taskId);
    if (!asked) return;
    asked.isUnwanted = true;
    asked.stop.abort(TaskUnwanted({ taskId }));
  }

  /** Reports that a task failed which could not even be begun. */
  refuse(ctx: Context, taskId: TaskId, error: unknown): Promise<void> {
    return this.#report(ctx, taskId, { error: marshalError(error) });
  }

  /** Whether something is being done to the server right now. */
  isBusy(serverId: ServerId): boolean {
    return this.#lastOf.has(serverId);
  }

  /** Resolves when all that is under way now is done; undefined when that is nothing. */
  settled(): Promise<unknown> | undefined {
    return this.#underWay.size > 0 ? this.#allEnded() : undefined;
  }

  /**
   * Shuts down: tells running work to stop, and gives up reports that do not get through (the conductor asks again).
   * Work that does not stop is left behind after a while: a hypervisor that hangs must not keep the service from ending.
   */
  async close(): Promise<void> {
    this.#closing.abort(new Error('the compute service stops'));
    for (const { progress } of this.#underWay.values()) progress.end();
    const ended = new AbortController();
    const late = this.#deps.clock.sleep(CLOSE_MS, ended.signal).catch(noop);
    await Promise.race([this.#allEnded(), late]);
    ended.abort();
  }

  #allEnded(): Promise<unknown> {
    return Promise.allSettled([...this.#underWay.values()].map(({ ended }) => ended));
  }

  async #once(ctx: Context, task: Task, work: Work<unknown>, cutShort: boolean): Promise<unknown> {
    const known = this.#done.find(task.taskId);
    if (known) {
      await this.#report(ctx, task.taskId, known);
      return known.result;
    }
    const same = this.#underWay.get(task.taskId);
    if (same && !same.isUnwanted) return await same.ended;
    const progress = this.#progressOf(ctx, task);
    const asked: Asked = { stop: new AbortController(), progress, isUnwanted: false, ended: Promise.resolve() };
    asked.ended = this.#inTurn(ctx, task, asked, { work, cutShort });
    this.#underWay.set(task.taskId, asked);
    try {
      return await asked.ended;
    } finally {
      if (this.#underWay.get(task.taskId) === asked) this.#underWay.delete(task.taskId);
    }
  }

  async #inTurn(ctx: Context, task: Task, asked: Asked, { work, cutShort }: { work: Work<unknown>; cutShort: boolean }): Promise<unknown> {
    const before = this.#lastOf.get(task.serverId);
    const stops = before?.stops ?? new Set<AbortController>();
    if (cutShort && before) void this.#cutShort(ctx, task, [...stops]);
    stops.add(asked.stop);
    const { progress } = asked;
    const begin = (signal: AbortSignal) => this.#ifWanted(ctx, task, () => work(signal, progress.set));
    const done = this.#afterwards(before?.done, begin, AbortSignal.any([asked.stop.signal, this.#closing.signal]));
    const mine = { done: done.then(noop), stops };
    this.#lastOf.set(task.serverId, mine);
    // Also while it waits for its turn: whoever asked waits as long.
    void progress.start();
    const ended = await done;
    progress.end();
    stops.delete(asked.stop);
    if (this.#lastOf.get(task.serverId) === mine) this.#lastOf.delete(task.serverId);
    return await this.#conclude(ctx, task, asked, ended);
  }

  async #conclude(ctx: Context, task: Task, { isUnwanted }: Asked, ended: Ended): Promise<unknown> {
    // What was stopped because this process stops has not failed: it will be asked for again.
    if (this.#closing.signal.aborted) return undefined;
    if (ended.unwanted || (ended.error && isUnwanted)) {
      this.#deps.log.info({ ...task, requestId: ctx.requestId }, 'a task that nobody wants any more is left undone');
      return undefined;
    }
    if (ended.error) this.#deps.log.warn({ ...task, requestId: ctx.requestId, error: ended.error }, 'a task failed');
    else this.#done.add(task.taskId, ended.result);
    await this.#report(ctx, task.taskId, ended);
    return ended.result;
  }

  #progressOf(ctx: Context, { taskId }: Task): TaskProgress {
    const { tellProgress, clock, log, progressEveryMs = PROGRESS_EVERY_MS } = this.#deps;
    return new TaskProgress({
      tell: (word) => tellProgress(ctx, taskId, word),
      onUnwanted: () => this.abort(taskId),
      everyMs: progressEveryMs,
      clock,
      log,
    });
  }

  /** Asked first, lest an old message stops what is being done now. */
  async #cutShort(ctx: Context, { taskId }: Task, stops: readonly AbortController[]): Promise<void> {
    if (!(await this.#deps.isWanted(ctx, taskId).catch(() => false))) return;
    for (const stop of stops) stop.abort(new Error('the server is wanted for something else'));
  }

  async #ifWanted(ctx: Context, { taskId }: Task, work: () => Promise<unknown>): Promise<Ended> {
    if (!(await this.#deps.isWanted(ctx, taskId))) return { unwanted: true };
    return { result: asJson(await work()) };
  }

  async #afterwards(before: Promise<void> | undefined, work: (signal: AbortSignal) => Promise<Ended>, signal: AbortSignal): Promise<Ended> {
    await before;
    try {
      // What was cut short while it waited need not begin.
      signal.throwIfAborted();
      return await work(signal);
    } catch (error) {
      return { error: marshalError(error) };
    }
  }

  async #report(ctx: Context, taskId: TaskId, { error, result }: Ended): Promise<void> {
    while (!this.#closing.signal.aborted) {
      try {
        return await this.#deps.report(ctx, taskId, error, result);
      } catch (failure) {
        this.#deps.log.warn({ taskId, error: messageOf(failure) }, 'the end of a task could not be reported; trying again');
        await this.#deps.clock.sleep(REPORT_AGAIN_MS, this.#closing.signal).catch(noop);
      }
    }
  }
}

/** A result as whoever waits for it will see it. */
function asJson(result: unknown): unknown {
  const text: string | undefined = JSON.stringify(result);
  if (text === undefined) return undefined;
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_RESULT_BYTES) throw TaskResultTooLarge({ bytes, maxBytes: MAX_RESULT_BYTES });
  return JSON.parse(text);
}

const noop = () => {};
