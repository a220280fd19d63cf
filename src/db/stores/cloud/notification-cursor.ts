/** How far the event log has been published. One publisher at a time holds the cursor, for a limited time that it renews. */
import { sql } from 'kysely';
import type { EventPosition } from '../../../objects/event-position.ts';
import type { Queries } from '../../sql/queries.ts';
import { endOfEvents } from './event-feed.ts';

const NAME = 'notifications';

/** Whoever asks to publish, and for how long. */
export interface Holding {
  readonly holder: string;
  readonly seconds: number;
}

/** Takes or renews the cursor. @returns its position; undefined while another publisher holds it */
export async function holdCursor(db: Queries, { holder, seconds }: Holding): Promise<EventPosition | undefined> {
  const { rows } = await sql<{ position: EventPosition }>`
    UPDATE notification_cursors SET holder = ${holder}, held_until = now() + make_interval(secs => ${seconds})
    WHERE name = ${NAME} AND (holder IS NOT DISTINCT FROM ${holder} OR held_until IS NULL OR held_until < now())
    RETURNING position`.execute(db);
  return rows[0]?.position;
}

/** Creates the cursor at the end of the log, once: what happened before notifications were configured is not published. */
export async function createCursor(db: Queries): Promise<void> {
  const position = await endOfEvents(db);
  await db
    .insertInto('notification_cursors')
    .values({ name: NAME, position })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Moves the cursor on, if the publisher still holds it there. */
export async function moveCursor(
  db: Queries,
  { holder, from, to }: { readonly holder: string; readonly from: EventPosition; readonly to: EventPosition },
): Promise<void> {
  await db
    .updateTable('notification_cursors')
    .set({ position: to })
    .where('name', '=', NAME)
    .where('holder', '=', holder)
    .where('position', '=', from)
    .execute();
}

/** Lets another publisher take the cursor at once. */
export async function leaveCursor(db: Queries, holder: string): Promise<void> {
  await db
    .updateTable('notification_cursors')
    .set({ holder: null, held_until: null })
    .where('name', '=', NAME)
    .where('holder', '=', holder)
    .execute();
}
