import type { TaskId } from '../../objects/ids.ts';

/** How many finished tasks are remembered, so that a repeated message does not repeat the work. */
const REMEMBERED_TASKS = 10_000;

/** The total size of the remembered results, in characters of JSON. */
const REMEMBERED_RESULTS_CHARS = 16 * 1024 * 1024;

/** The finished tasks of a host with their results. The oldest are evicted; a repeated message would do them again. */
export class DoneTasks {
  readonly #limits: { readonly tasks: number; readonly chars: number };
  /** Results as JSON, oldest first; empty for a task without one. */
  readonly #results = new Map<TaskId, string>();
  #chars = 0;

  constructor(limits: { readonly tasks: number; readonly chars: number } = { tasks: REMEMBERED_TASKS, chars: REMEMBERED_RESULTS_CHARS }) {
    this.#limits = limits;
  }

  /** The task's result; undefined if the task is not known as finished. */
  find(taskId: TaskId): { readonly result: unknown } | undefined {
    const text = this.#results.get(taskId);
    return text === undefined ? undefined : { result: text === '' ? undefined : JSON.parse(text) };
  }

  add(taskId: TaskId, result: unknown): void {
    this.#forget(taskId);
    const text = result === undefined ? '' : JSON.stringify(result);
    this.#results.set(taskId, text);
    this.#chars += text.length;
    for (const oldest of this.#results.keys()) {
      if (this.#results.size <= this.#limits.tasks && this.#chars <= this.#limits.chars) return;
      this.#forget(oldest);
    }
  }

  #forget(taskId: TaskId): void {
    this.#chars -= this.#results.get(taskId)?.length ?? 0;
    this.#results.delete(taskId);
  }
}
