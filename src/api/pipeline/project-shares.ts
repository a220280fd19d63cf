// How much of a service one project may take at a time: who asks for more is told to wait, and the others do not notice.
import type { Context } from '../../lib/context/context.ts';
import { HttpFault } from '../../lib/http/http-fault.ts';

/** What a project that is turned away is told to wait, in seconds. */
const RETRY_AFTER_S = '1';

const tooMany = (): HttpFault =>
  new HttpFault(429, 'This project has too many requests under way; try again shortly.', { 'Retry-After': RETRY_AFTER_S });

/** Counts the requests that are being answered, by project; shared by all APIs of a program. */
export class ProjectShares {
  readonly #most: number;
  /** Projects with requests under way, and no others. */
  readonly #running = new Map<string, number>();

  /** @param most requests of one project at a time; 0 is no bound */
  constructor(most: number) {
    this.#most = most === 0 ? Number.POSITIVE_INFINITY : most;
  }

  /** Does the work, unless its project has too much under way: then it is not begun. A token without a project counts for its user. */
  async within<T>({ projectId, userId }: Pick<Context, 'projectId' | 'userId'>, work: () => Promise<T>): Promise<T> {
    const who = projectId ?? userId;
    if (who === null) return await work();
    const running = this.#running.get(who) ?? 0;
    if (running >= this.#most) throw tooMany();
    this.#running.set(who, running + 1);
    try {
      return await work();
    } finally {
      const left = (this.#running.get(who) ?? 1) - 1;
      if (left > 0) this.#running.set(who, left);
      else this.#running.delete(who);
    }
  }
}
