import type { WholeDb } from '../../db/sql/queries.ts';
import { factsOfServerEvents } from '../../db/stores/servers/event-facts.ts';
import { findKeypair } from '../../db/stores/servers/keypairs.ts';
import { type EventFacts, noFacts } from '../../events/notifications/notification.ts';
import { serverOf } from '../../events/notifications/server-objects.ts';
import type { LoggedEvent } from '../../objects/event-position.ts';

/** What notifications say besides their events, for each event of a page. */
export async function factsOf(db: WholeDb, events: readonly LoggedEvent[]): Promise<readonly EventFacts[]> {
  const ofServers = events.filter(isOfServer);
  const known = await factsOfServerEvents(
    db,
    ofServers.map(({ sequence, subject, requestId }) => ({ sequence, subject, requestId })),
  );
  return await Promise.all(
    events.map(async (event) => {
      const facts = known.get(event.sequence);
      const initiator = event.initiator ?? facts?.initiator ?? null;
      return { ...noFacts, ...facts, initiator, keypair: await keypairOf(db, event) };
    }),
  );
}

const isOfServer = ({ type }: LoggedEvent): boolean => type.startsWith('server.');

/** The keypair of a server that boots; the user may have deleted it since. */
async function keypairOf(db: WholeDb, event: LoggedEvent): Promise<EventFacts['keypair']> {
  if (!event.type.startsWith('server.create.')) return null;
  const { userId, keyName } = serverOf({ event });
  if (keyName === null) return null;
  return (await findKeypair(db, { userId, name: keyName })) ?? null;
}
