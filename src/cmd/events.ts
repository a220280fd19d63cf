/** `nova-ts manage events`: prints the event log, and can follow it. */
import { endOfEvents, MAX_EVENTS_READ, readEvents } from '../db/stores/cloud/event-feed.ts';
import type { Queries } from '../db/sql/queries.ts';
import { messageOf } from '../lib/errors/error-type.ts';
import { eventInJson, type EventPosition, FIRST_POSITION, type LoggedEvent, parsePosition } from '../objects/event-position.ts';
import { openCloudDatabase } from './cloud/database.ts';
import type { Runtime } from './cloud/runtime.ts';
import { UsageError } from './usage-error.ts';

/** How often it polls for new events. */
const POLL_MS = 1_000;

export interface EventsOptions {
  readonly after?: string;
  readonly follow?: boolean;
  readonly json?: boolean;
}

/** Prints all events, and with `follow` new ones until it is stopped. @returns the exit status */
export async function events(open: () => Runtime, { after, follow = false, json = false }: EventsOptions): Promise<number> {
  let runtime: Runtime | undefined;
  try {
    runtime = open();
    stopOnSignal(runtime);
    const { db } = await openCloudDatabase(runtime);
    let position = await positionFor(db, after);
    for (;;) {
      const page = await readEvents(db, position, MAX_EVENTS_READ);
      for (const event of page.events) console.log(json ? JSON.stringify(eventInJson(event)) : lineOf(event));
      position = page.next;
      if (page.events.length === MAX_EVENTS_READ) continue;
      if (!follow) return 0;
      await runtime.clock.sleep(POLL_MS, runtime.life.signal);
    }
  } catch (error) {
    if (runtime?.life.signal.aborted) return 0;
    console.error(`nova-ts: the events could not be read: ${messageOf(error)}`);
    return 1;
  } finally {
    await runtime?.life.end();
  }
}

/** A signal ends the program in order. */
function stopOnSignal({ life }: Runtime): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void life.end());
}

async function positionFor(db: Queries, after: string | undefined): Promise<EventPosition> {
  if (after === undefined) return FIRST_POSITION;
  if (after === 'now') return await endOfEvents(db);
  const position = parsePosition(after);
  if (position === undefined) throw UsageError({ because: `${after} is no position: give one that was printed, or now` });
  return position;
}

/** The last column is the position to pass to `--after`. */
const lineOf = ({ at, type, subject, projectId, requestId, position }: LoggedEvent): string =>
  [at.toISOString(), type, subject, `project=${projectId ?? '-'}`, requestId, position].join('  ');
