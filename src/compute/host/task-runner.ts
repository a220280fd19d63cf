import type { Clock } from '../../lib/clock/clock.ts';
import type { Context } from '../../lib/context/context.ts';
import { messageOf } from '../../lib/errors/error-type.ts';
import { type MarshalledError, marshalError } from '../../lib/errors/marshal.ts';
import type { Log } from '../../lib/log/log.ts';
import type { ServerId, TaskId } from '../../objects/ids.ts';
import { DoneTasks } from './done-tasks.ts';
import { TaskResultTooLarge, TaskUnwanted } from './errors.ts';
import { PROGRESS_EVERY_MS, type Progress, type ReportTaskProgress, TaskProgress } from './task-progress.ts';

/** Work identified by a task id, on one server unless it is on the host itself. */
export interface Task {
  readonly taskId: TaskId;
  readonly serverId?: ServerId;
}

/** The work of a task. It returns a JSON value or nothing, and ends when the signal aborts. */
export type Work<R> = (signal: AbortSignal, progress: ReportTaskProgress) => Promise<R>;

export interface TaskRunnerDeps {
  /** Asks the conductor whether a task is still wanted. */
  readonly isWanted: (ctx: Context, taskId: TaskId) => Promise<boolean>;
  /** Reports to the conductor how a task ended. */
  readonly report: (ctx: Context, taskId: TaskId, error: MarshalledError | undefined, result?: unknown) => Promise<void>;
  /** Sends a task's heartbeat to the conductor; answers whether the task is still wanted. */
  readonly tellProgress: (ctx: Context, taskId: TaskId, progress: Progress) => Promise<boolean>;
  readonly clock: Clock;
  readonly log: Log;
  readonly progressEveryMs?: number;
}

/** How long to wait before a failed report is retried. */
const REPORT_AGAIN_MS = 1_000;

/** How long closing waits for work that was told to stop. */
const CLOSE_MS = 3_000;

/** The largest result of a task, as JSON; well below the limit of a message. */
const MAX_RESULT_BYTES = 1024 * 1024;

/** How a task ended. */
type Ended = { readonly error?: MarshalledError; readonly result?: unknown; readonly unwanted?: true };

/** A running or queued task. */
interface OpenTask {
  readonly stop: AbortController;
  readonly progress: TaskProgress;
  /** Nobody waits for its result any more. */
  isUnwanted: boolean;
  ended: Promise<unknown>;
}

/**
 * Runs the host's tasks: each task id once, one task per server at a time, each end reported until the report succeeds. A task that waited
 * in the queue until it was no longer wanted (the host was down and its server went elsewhere) is not begun; running work that is no longer
 * wanted is stopped. Each task sends heartbeats to the conductor. A failed task is run again when it is asked for again: the conductor
 * knows of the failure. A task may cut short those before it (a server that is deleted need not finish building).
 */
export class TaskRunner {
  readonly #deps: TaskRunnerDeps;
  readonly #underWay = new Map<TaskId, OpenTask>();
  readonly #done = new DoneTasks();
  /** The last task of each busy server, and the means to stop all of its unfinished ones. */
  readonly #lastOf = new Map<ServerId | TaskId, { done: Promise<void>; stops: Set<AbortController> }>();
  readonly #closing = new AbortController();

  constructor(deps: TaskRunnerDeps) {
    this.#deps = deps;
  }

  /** Resolves when the task is done and reported, with its result if it has one. */
  async run<R>(ctx: Context, task: Task, work: Work<R>, options: { cutShort?: boolean } = {}): Promise<R | undefined> {
    // Seam: a task id identifies one piece of work, so its result is what this work would return, after a round trip through JSON.
    return (await this.#once(ctx, task, work, options.cutShort ?? false)) as R | undefined;
  }

  /** Stops a task that is no longer wanted and does not report it. If it is asked for again, it starts over. */
  abort(taskId: TaskId): void {
    const open = this.#underWay.get(taskId);
    if (!open) return;
    open.isUnwanted = true;
    open.stop.abort(TaskUnwanted({ taskId }));
  }

  /** Reports a task as failed that could not be started. */
  refuse(ctx: Context, taskId: TaskId, error: unknown): Promise<void> {
    return this.#report(ctx, taskId, { error: marshalError(error) });
  }

  /** Whether a task of the server is running or queued. */
  isBusy(serverId: ServerId): boolean {
    return this.#lastOf.has(serverId);
  }

  /** Resolves when all tasks of this moment have ended; undefined if there are none. */
  settled(): Promise<unknown> | undefined {
    return this.#underWay.size > 0 ? this.#allEnded() : undefined;
  }

  /**
   * Shuts down: stops running work and retries no more reports (the conductor asks again). Work that does not stop in time is abandoned: a
   * hanging hypervisor must not keep the service from ending.
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
    const open: OpenTask = { stop: new AbortController(), progress, isUnwanted: false, ended: Promise.resolve() };
    open.ended = this.#inTurn(ctx, task, open, { work, cutShort });
    this.#underWay.set(task.taskId, open);
    try {
      return await open.ended;
    } finally {
      if (this.#underWay.get(task.taskId) === open) this.#underWay.delete(task.taskId);
    }
  }

  async #inTurn(
    ctx: Context,
    task: Task,
    open: OpenTask,
    { work, cutShort }: { work: Work<unknown>; cutShort: boolean },
  ): Promise<unknown> {
    // Work on the host itself waits for nothing.
    const queue = task.serverId ?? task.taskId;
    const before = this.#lastOf.get(queue);
    const stops = before?.stops ?? new Set<AbortController>();
    if (cutShort && before) void this.#cutShort(ctx, task, [...stops]);
    stops.add(open.stop);
    const { progress } = open;
    const begin = (signal: AbortSignal) => this.#ifWanted(ctx, task, () => work(signal, progress.set));
    const done = this.#afterwards(before?.done, begin, AbortSignal.any([open.stop.signal, this.#closing.signal]));
    const mine = { done: done.then(noop), stops };
    this.#lastOf.set(queue, mine);
    // Also while it is queued: the conductor waits for it from then on.
    void progress.start();
    const ended = await done;
    progress.end();
    stops.delete(open.stop);
    if (this.#lastOf.get(queue) === mine) this.#lastOf.delete(queue);
    return await this.#conclude(ctx, task, open, ended);
  }

  async #conclude(ctx: Context, task: Task, { isUnwanted }: OpenTask, ended: Ended): Promise<unknown> {
    // Work stopped by the shutdown has not failed: the conductor will ask for it again.
    if (this.#closing.signal.aborted) return undefined;
    if (ended.unwanted || (ended.error && isUnwanted)) {
      this.#deps.log.info({ ...task, requestId: ctx.requestId }, 'a task that is no longer wanted is not done');
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
      tell: (latest) => tellProgress(ctx, taskId, latest),
      onUnwanted: () => this.abort(taskId),
      everyMs: progressEveryMs,
      clock,
      log,
    });
  }

  /** Asks first, so that an outdated message does not stop current work. */
  async #cutShort(ctx: Context, { taskId }: Task, stops: readonly AbortController[]): Promise<void> {
    if (!(await this.#deps.isWanted(ctx, taskId).catch(() => false))) return;
    for (const stop of stops) stop.abort(new Error('another operation on the server takes over'));
  }

  async #ifWanted(ctx: Context, { taskId }: Task, work: () => Promise<unknown>): Promise<Ended> {
    if (!(await this.#deps.isWanted(ctx, taskId))) return { unwanted: true };
    return { result: asJson(await work()) };
  }

  async #afterwards(before: Promise<void> | undefined, work: (signal: AbortSignal) => Promise<Ended>, signal: AbortSignal): Promise<Ended> {
    await before;
    try {
      // Cut short while it was queued: it never starts.
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

/** The result as the conductor will see it. */
function asJson(result: unknown): unknown {
  const text: string | undefined = JSON.stringify(result);
  if (text === undefined) return undefined;
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_RESULT_BYTES) throw TaskResultTooLarge({ bytes, maxBytes: MAX_RESULT_BYTES });
  return JSON.parse(text);
}

const noop = () => {};
