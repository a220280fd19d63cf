import type { PoolClient } from 'pg';
import type { Clock } from '../clock/clock.ts';
import type { Ids } from '../clock/ids.ts';
import { messageOf } from '../errors/error-type.ts';
import type { Log } from '../log/log.ts';
import { databaseBackoff, delayMs } from './backoff.ts';
import type { WorkflowPool } from './database.ts';
import { WORKFLOW_CHANNEL } from './tables.ts';

/** What a listener needs, and the callbacks it calls. */
export interface ListenerOptions {
  readonly pool: WorkflowPool;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Called with each payload of the channel. */
  readonly onHint: (payload: string) => void;
  /** Called when listening has started or resumed: notifications sent before are lost. */
  readonly onListening: () => void;
}

/** Keeps one pool connection listening on the workflow channel until `signal` aborts. Hints only save time: the sweep finds what they miss. */
export async function listen(options: ListenerOptions, signal: AbortSignal): Promise<void> {
  for (let failures = 1; !signal.aborted; failures += 1) {
    try {
      const client = await options.pool.connect();
      await listenOn(client, options, signal, () => {
        failures = 0;
      });
    } catch (error) {
      if (signal.aborted) return;
      options.log.warn({ err: messageOf(error) }, 'not listening for workflows, retrying');
      await options.clock.sleep(delayMs(databaseBackoff, failures || 1, options.ids), signal).catch(() => {});
    }
  }
}

/** Listens on one connection until it is lost (rejects) or `signal` aborts (resolves). */
async function listenOn(client: PoolClient, options: ListenerOptions, signal: AbortSignal, established: () => void): Promise<void> {
  const over = new AbortController();
  try {
    await new Promise<void>((resolve, reject) => {
      client.on('error', reject);
      client.on('end', () => reject(new Error('The connection ended.')));
      client.on('notification', ({ payload }) => options.onHint(payload ?? ''));
      signal.addEventListener('abort', () => resolve(), { signal: over.signal });
      if (signal.aborted) resolve();
      client.query(`listen ${WORKFLOW_CHANNEL}`).then(() => {
        established();
        options.onListening();
      }, reject);
    });
  } finally {
    over.abort();
    // Closed instead of returned to the pool: other users must not get a connection that listens.
    client.release(true);
  }
}
