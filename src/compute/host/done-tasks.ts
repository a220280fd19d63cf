import type { TaskId } from '../../objects/ids.ts';

/** How many tasks that were done are remembered, so that one asked for twice is done once. */
const REMEMBERED_TASKS = 10_000;

/** How much of what they reported is kept with them, in characters of JSON. */
const REMEMBERED_RESULTS_CHARS = 16 * 1024 * 1024;

/** The tasks that a host has done, with the result of each. The oldest are forgotten, and would be done again. */
export class DoneTasks {
  readonly #limits: { readonly tasks: number; readonly chars: number };
  /** Results as JSON; an empty text where there was none. Oldest first. */
  readonly #results = new Map<TaskId, string>();
  #chars = 0;

  constructor(limits: { readonly tasks: number; readonly chars: number } = { tasks: REMEMBERED_TASKS, chars: REMEMBERED_RESULTS_CHARS }) {
    this.#limits = limits;
  }

  /** What the task reported; undefined where it is not known as done. */
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
