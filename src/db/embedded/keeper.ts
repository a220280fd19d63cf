import type { Clock } from '../../lib/clock/clock.ts';
import { messageOf } from '../../lib/errors/error-type.ts';
import type { Log } from '../../lib/log/log.ts';
import type { Postmaster } from './postmaster.ts';

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 10_000;

/** Keeps a server running until it is told to let go. */
export interface Keeper {
  /** No more restarts; returns the server that runs now, undefined when it is not ours to stop. */
  letGo(): Promise<Postmaster | undefined>;
}

/** Starts the server again whenever it ends unasked (killed, out of memory): the pools reconnect by themselves. */
export function keep(options: {
  postmaster: Postmaster | undefined;
  restart: () => Promise<Postmaster | undefined>;
  clock: Clock;
  log: Log;
}): Keeper {
  const { restart, clock, log } = options;
  const released = new AbortController();
  let { postmaster } = options;

  const restartPatiently = async (): Promise<Postmaster | undefined> => {
    for (let waitMs = FIRST_WAIT_MS; !released.signal.aborted; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
      try {
        return await restart();
      } catch (error) {
        log.error({ because: messageOf(error), waitMs }, 'embedded PostgreSQL does not start again; trying on');
        await clock.sleep(waitMs, released.signal).catch(() => {});
      }
    }
    return undefined;
  };

  const watch = async () => {
    while (postmaster) {
      const ended = postmaster.ended.then(() => true);
      if (!(await Promise.race([ended, aborted(released.signal)]))) return;
      log.error({ because: await postmaster.reason() }, 'embedded PostgreSQL ended unasked; starting it again');
      postmaster = await restartPatiently();
    }
  };
  const watching = watch();
  return {
    letGo: async () => {
      released.abort();
      await watching;
      return postmaster;
    },
  };
}

const aborted = (signal: AbortSignal) =>
  new Promise<false>((resolve) => signal.addEventListener('abort', () => resolve(false), { once: true }));
