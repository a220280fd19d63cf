import type { Pool } from 'pg';
import type { Clock } from '../../lib/clock/clock.ts';
import { errorType, messageOf } from '../../lib/errors/error-type.ts';
import type { Log } from '../../lib/log/log.ts';
import { isOutage } from '../../lib/errors/outage.ts';

/** Why the database cannot be used; shown to the operator at start. */
export const DatabaseUnusable = errorType(
  'DatabaseUnusable',
  'unavailable',
  (p: { where: string; because: string }) => `The database ${p.where} cannot be used: ${p.because}.`,
);

/** The oldest supported server, as its server_version_num. */
const OLDEST_SERVER = 140_000;
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 2_000;

interface ServerAwaited {
  readonly pool: Pool;
  readonly where: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Stops the wait. */
  readonly signal: AbortSignal | undefined;
}

/** Waits until the server answers, logging when the wait begins and ends; checks that the server is new enough. */
export async function awaitServer(options: ServerAwaited): Promise<void> {
  const { pool, where, timeoutMs, clock, log, signal } = options;
  const startMs = clock.monotonicMs();
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    const failure = await tryOnce(pool);
    const waitedMs = Math.round(clock.monotonicMs() - startMs);
    if (failure === undefined) {
      if (waitMs > FIRST_WAIT_MS) log.info({ database: where, waitedMs }, 'the database answers');
      return;
    }
    const because = messageOf(failure);
    if (!isOutage(failure) || waitedMs + waitMs > timeoutMs) throw DatabaseUnusable({ where, because }, { cause: failure });
    if (waitMs === FIRST_WAIT_MS) log.warn({ database: where, because, timeoutMs }, 'the database does not answer; waiting for it');
    await clock.sleep(waitMs, signal);
  }
}

async function tryOnce(pool: Pool): Promise<unknown> {
  try {
    const { rows } = await pool.query<{ version: string; number: number }>(
      `select current_setting('server_version') as version, current_setting('server_version_num')::int as number`,
    );
    const [server] = rows;
    return server && server.number < OLDEST_SERVER ? new Error(`it is PostgreSQL ${server.version}, and 14 or newer is needed`) : undefined;
  } catch (error) {
    return error;
  }
}
