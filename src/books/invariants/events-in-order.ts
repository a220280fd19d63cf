import { sql } from 'kysely';
import { type Invariant, MAX_BREACHES } from '../invariant.ts';

interface Row {
  id: string;
  vm_state: string;
  created: number;
  deleted: number;
  first: string | null;
  last: string | null;
}

/** Events are appended in the transaction of their change, under the server's lock, so the log always agrees with the server. */
export const eventsInOrder: Invariant = {
  name: 'events-in-order',
  sentence: 'The events of a server begin with its only creation and, once it is deleted, end with its only deletion.',
  isSelfHealing: false,
  find: async (db) => {
    const { rows } = await sql<Row>`
      WITH story AS (
        SELECT subject, min(seq) AS began, max(seq) AS ended,
          count(*) FILTER (WHERE type = 'server.create.start')::int AS created, min(seq) FILTER (WHERE type = 'server.create.start') AS born,
          count(*) FILTER (WHERE type = 'server.delete.end')::int AS deleted, max(seq) FILTER (WHERE type = 'server.delete.end') AS gone
        FROM events WHERE type LIKE 'server.%' GROUP BY subject)
      SELECT server.id, server.vm_state, coalesce(created, 0) AS created, coalesce(deleted, 0) AS deleted,
        (SELECT type FROM events WHERE seq = began) AS first, (SELECT type FROM events WHERE seq = ended) AS last
      FROM servers AS server LEFT JOIN story ON story.subject = server.id::text
      WHERE created IS DISTINCT FROM 1 OR born <> began OR deleted > 1 OR gone <> ended OR (gone IS NOT NULL) <> (server.vm_state = 'deleted')
      ORDER BY server.number LIMIT ${MAX_BREACHES}`.execute(db);
    return rows.map(({ id, vm_state, created, deleted, first, last }) => ({
      subject: id,
      what: `The events of server ${id} do not match its record.`,
      evidence: { vmState: vm_state, creations: created, deletions: deleted, first, last },
      repair: "None: events are never rewritten. Consumers of this server's events should read the server itself.",
    }));
  },
};
