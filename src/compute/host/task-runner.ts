import type { Clock } from '../../lib/clock/clock.ts';
import type { Context } from '../../lib/context/context.ts';
import { messageOf } from '../../lib/errors/error-type.ts';
import { type MarshalledError, marshalError } from '../../lib/errors/marshal.ts';
import type { Log } from '../../lib/log/log.ts';
import type { ServerId, TaskId } from '../../objects/ids.ts';

/** A piece of work on one server, asked for under a task id. */
export interface Task {
  readonly taskId: TaskId;
  readonly serverId: ServerId;
}

export interface TaskRunnerDeps {
  /** Asks the conductor whether a task is still to be done. */
  readonly isWanted: (ctx: Context, taskId: TaskId) => Promise<boolean>;
  /** Tells the conductor how a task ended. */
  readonly report: (ctx: Context, taskId: TaskId, error: MarshalledError | undefined) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

/** How long to wait before a report that did not get through is tried again. */
const REPORT_AGAIN_MS = 1_000;

/** How long closing waits for work that was told to stop. */
const CLOSE_MS = 3_000;

/** How many tasks that were done are remembered, so that one asked for twice is done once. */
const REMEMBERED_TASKS = 10_000;

/** What became of a task. */
type Ended = { readonly error?: MarshalledError; readonly unwanted?: true };

/**
 * Does what the host is asked to, once for each task id, one task of a server at a time, and reports each end until somebody heard it.
 * What waited in a queue until nobody wanted it any more (this host was away, and the server went elsewhere) is not begun.
 * What failed is done again when it is asked for again: who asks has heard of the failure and wants another try.
 * A task may cut short those before it (a server that is deleted need not be built to its end).
 */
export class TaskRunner {
  readonly #deps: TaskRunnerDeps;
  readonly #underWay = new Map<TaskId, Promise<void>>();
  readonly #wellDone = new Set<TaskId>();
  /** The last task of each busy server, with the means to stop all that are not done. */
  readonly #lastOf = new Map<ServerId, { done: Promise<void>; stops: Set<AbortController> }>();
  readonly #closing = new AbortController();

  constructor(deps: TaskRunnerDeps) {
    this.#deps = deps;
  }

  /** Ends when the task is done and reported. */
  async run(ctx: Context, task: Task, work: (signal: AbortSignal) => Promise<void>, options: { cutShort?: boolean } = {}): Promise<void> {
    if (this.#wellDone.has(task.taskId)) return await this.#report(ctx, task, {});
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

  /** Resolves when all that is under way now is done; undefined when that is nothing. */
  settled(): Promise<unknown> | undefined {
    return this.#underWay.size > 0 ? Promise.allSettled(this.#underWay.values()) : undefined;
  }

  /**
   * Takes no more pains: running work is told to stop, reports that do not get through are given up (the conductor asks again).
   * Work that does not stop is left behind after a while: a hypervisor that hangs must not keep the service from ending.
   */
  async close(): Promise<void> {
    this.#closing.abort(new Error('the compute service stops'));
    const ended = new AbortController();
    const late = this.#deps.clock.sleep(CLOSE_MS, ended.signal).catch(noop);
    await Promise.race([Promise.allSettled(this.#underWay.values()), late]);
    ended.abort();
  }

  async #inTurn(ctx: Context, task: Task, work: (signal: AbortSignal) => Promise<void>, cutShort: boolean): Promise<void> {
    const before = this.#lastOf.get(task.serverId);
    const stops = before?.stops ?? new Set<AbortController>();
    if (cutShort && before) void this.#cutShort(ctx, task, [...stops]);
    const stop = new AbortController();
    stops.add(stop);
    const begin = (signal: AbortSignal) => this.#ifWanted(ctx, task, () => work(signal));
    const done = this.#afterwards(before?.done, begin, AbortSignal.any([stop.signal, this.#closing.signal]));
    const mine = { done: done.then(noop), stops };
    this.#lastOf.set(task.serverId, mine);
    const ended = await done;
    stops.delete(stop);
    if (this.#lastOf.get(task.serverId) === mine) this.#lastOf.delete(task.serverId);
    // What was stopped because this process stops has not failed: it will be asked for again.
    if (this.#closing.signal.aborted) return;
    if (ended.unwanted) {
      this.#deps.log.info({ ...task, requestId: ctx.requestId }, 'a task that nobody wants any more is left undone');
      return;
    }
    if (ended.error) this.#deps.log.warn({ ...task, requestId: ctx.requestId, error: ended.error }, 'a task failed');
    else this.#remember(task.taskId);
    await this.#report(ctx, task, ended);
  }

  /** Asked first, lest an old message stops what is being done now. */
  async #cutShort(ctx: Context, { taskId }: Task, stops: readonly AbortController[]): Promise<void> {
    if (!(await this.#deps.isWanted(ctx, taskId).catch(() => false))) return;
    for (const stop of stops) stop.abort(new Error('the server is wanted for something else'));
  }

  async #ifWanted(ctx: Context, { taskId }: Task, work: () => Promise<void>): Promise<Ended> {
    if (!(await this.#deps.isWanted(ctx, taskId))) return { unwanted: true };
    await work();
    return {};
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

  #remember(taskId: TaskId): void {
    this.#wellDone.add(taskId);
    const [oldest] = this.#wellDone;
    if (this.#wellDone.size > REMEMBERED_TASKS && oldest !== undefined) this.#wellDone.delete(oldest);
  }
}

const noop = () => {};
