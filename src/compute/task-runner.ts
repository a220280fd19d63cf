import type { Clock } from '../lib/clock/clock.ts';
import type { Context } from '../lib/context/context.ts';
import { messageOf } from '../lib/errors/error-type.ts';
import { type MarshalledError, marshalError } from '../lib/errors/marshal.ts';
import type { Log } from '../lib/log/log.ts';
import type { ServerId, TaskId } from '../objects/ids.ts';

/** A piece of work on one server, asked for under a task id. */
export interface Task {
  readonly taskId: TaskId;
  readonly serverId: ServerId;
}

export interface TaskRunnerDeps {
  /** Tells the conductor how a task ended. */
  readonly report: (ctx: Context, taskId: TaskId, error: MarshalledError | undefined) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

/** How long to wait before a report that did not get through is tried again. */
const REPORT_AGAIN_MS = 1_000;

/** How many ended tasks are remembered, so that one asked for twice is done once. */
const REMEMBERED_TASKS = 10_000;

/** What became of a task. */
type Ended = { readonly error?: MarshalledError };

/**
 * Does what the host is asked to, once for each task id, one task of a server at a time, and reports each end until somebody heard it.
 * A task may cut short the one before it (a server that is deleted need not be built to its end).
 */
export class TaskRunner {
  readonly #deps: TaskRunnerDeps;
  readonly #underWay = new Map<TaskId, Promise<void>>();
  readonly #ended = new Map<TaskId, Ended>();
  readonly #lastOf = new Map<ServerId, { done: Promise<void>; abort: AbortController }>();
  readonly #closing = new AbortController();

  constructor(deps: TaskRunnerDeps) {
    this.#deps = deps;
  }

  /** Ends when the task is done and reported. */
  async run(ctx: Context, task: Task, work: (signal: AbortSignal) => Promise<void>, options: { cutShort?: boolean } = {}): Promise<void> {
    const ended = this.#ended.get(task.taskId);
    if (ended) return await this.#report(ctx, task, ended);
    const same = this.#underWay.get(task.taskId);
    if (same) return await same;
    const running = this.#inTurn(ctx, task, work, options.cutShort ?? false);
    this.#underWay.set(task.taskId, running);
    try {
      await running;
    } finally {
      this.#underWay.delete(task.taskId);
    }
  }

  /** Whether something is being done to the server right now. */
  isBusy(serverId: ServerId): boolean {
    return this.#lastOf.has(serverId);
  }

  /** Takes no more pains: running work is told to stop, reports that do not get through are given up (the conductor asks again). */
  async close(): Promise<void> {
    this.#closing.abort(new Error('the compute service stops'));
    await Promise.allSettled(this.#underWay.values());
  }

  async #inTurn(ctx: Context, task: Task, work: (signal: AbortSignal) => Promise<void>, cutShort: boolean): Promise<void> {
    const before = this.#lastOf.get(task.serverId);
    if (cutShort) before?.abort.abort(new Error('the server is wanted for something else'));
    const abort = new AbortController();
    const done = this.#afterwards(before?.done, () => work(AbortSignal.any([abort.signal, this.#closing.signal])));
    const mine = { done: done.then(noop), abort };
    this.#lastOf.set(task.serverId, mine);
    const ended = await done;
    if (this.#lastOf.get(task.serverId) === mine) this.#lastOf.delete(task.serverId);
    // What was stopped because this process stops has not failed: it will be asked for again.
    if (this.#closing.signal.aborted) return;
    this.#remember(task.taskId, ended);
    if (ended.error) this.#deps.log.warn({ ...task, requestId: ctx.requestId, error: ended.error }, 'a task failed');
    await this.#report(ctx, task, ended);
  }

  async #afterwards(before: Promise<void> | undefined, work: () => Promise<void>): Promise<Ended> {
    await before;
    try {
      await work();
      return {};
    } catch (error) {
      return { error: marshalError(error) };
    }
  }

  async #report(ctx: Context, { taskId }: Task, { error }: Ended): Promise<void> {
    while (!this.#closing.signal.aborted) {
      try {
        return await this.#deps.report(ctx, taskId, error);
      } catch (failure) {
        this.#deps.log.warn({ taskId, error: messageOf(failure) }, 'the end of a task could not be reported; trying again');
        await this.#deps.clock.sleep(REPORT_AGAIN_MS, this.#closing.signal).catch(noop);
      }
    }
  }

  #remember(taskId: TaskId, ended: Ended): void {
    this.#ended.set(taskId, ended);
    const oldest = this.#ended.keys().next().value;
    if (this.#ended.size > REMEMBERED_TASKS && oldest !== undefined) this.#ended.delete(oldest);
  }
}

const noop = () => {};
