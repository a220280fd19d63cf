import type { Clock } from '../../lib/clock/clock.ts';
import { messageOf } from '../../lib/errors/error-type.ts';
import type { Log } from '../../lib/log/log.ts';
import type { Postmaster } from './postmaster.ts';

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 10_000;

/** Keeps a server running until `release`. */
export interface Supervisor {
  /** Ends the restarts; returns the running server, undefined when it is not ours to stop. */
  release(): Promise<Postmaster | undefined>;
}

/** Restarts the server whenever it ends unexpectedly (killed, out of memory); connection pools reconnect by themselves. */
export function supervise(options: {
  postmaster: Postmaster | undefined;
  restart: () => Promise<Postmaster | undefined>;
  clock: Clock;
  log: Log;
}): Supervisor {
  const { restart, clock, log } = options;
  const released = new AbortController();
  let { postmaster } = options;

  const restartWithBackoff = async (): Promise<Postmaster | undefined> => {
    for (let waitMs = FIRST_WAIT_MS; !released.signal.aborted; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
      try {
        return await restart();
      } catch (error) {
        log.error({ because: messageOf(error), waitMs }, 'embedded PostgreSQL does not restart; retrying');
        await clock.sleep(waitMs, released.signal).catch(() => {});
      }
    }
    return undefined;
  };

  const watch = async () => {
    while (postmaster) {
      const ended = postmaster.ended.then(() => true);
      if (!(await Promise.race([ended, aborted(released.signal)]))) return;
      log.error({ because: await postmaster.reason() }, 'embedded PostgreSQL ended unexpectedly; restarting it');
      postmaster = await restartWithBackoff();
    }
  };
  const watching = watch();
  return {
    release: async () => {
      released.abort();
      await watching;
      return postmaster;
    },
  };
}

const aborted = (signal: AbortSignal) =>
  new Promise<false>((resolve) => signal.addEventListener('abort', () => resolve(false), { once: true }));
