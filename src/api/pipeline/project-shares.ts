// Limits the concurrent requests of a project, so that one project cannot slow down the others.
import type { Context } from '../../lib/context/context.ts';
import { onBehalfOf } from '../../lib/context/on-behalf.ts';
import { HttpFault } from '../../lib/http/http-fault.ts';

/** How long a refused project waits to retry, in seconds. */
const RETRY_AFTER_S = '1';

const tooMany = (): HttpFault =>
  new HttpFault(429, 'This project has too many requests in progress; try again shortly.', { 'Retry-After': RETRY_AFTER_S });

/** Counts running requests per project; shared by all APIs of a process. */
export class ProjectShares {
  readonly #most: number;
  /** Only projects with running requests have an entry. */
  readonly #running = new Map<string, number>();

  /** @param most concurrent requests per project; 0 means no limit */
  constructor(most: number) {
    this.#most = most === 0 ? Number.POSITIVE_INFINITY : most;
  }

  /** Does the work on behalf of its project, or refuses it when the project is at the limit. A token without a project counts against its user. */
  async within<T>({ projectId, userId }: Pick<Context, 'projectId' | 'userId'>, work: () => Promise<T>): Promise<T> {
    const who = projectId ?? userId;
    if (who === null) return await work();
    const running = this.#running.get(who) ?? 0;
    if (running >= this.#most) throw tooMany();
    this.#running.set(who, running + 1);
    try {
      return await onBehalfOf(who, work);
    } finally {
      const left = (this.#running.get(who) ?? 1) - 1;
      if (left > 0) this.#running.set(who, left);
      else this.#running.delete(who);
    }
  }
}
