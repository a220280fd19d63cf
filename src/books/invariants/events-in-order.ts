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

/** Events are appended in the transactions that make them true, under the server's lock: the log and the server tell one story. */
export const eventsInOrder: Invariant = {
  name: 'events-in-order',
  sentence: 'The events of a server begin with its one creation, and end with its one deletion when it is deleted.',
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
      what: `The events of server ${id} do not tell its story.`,
      evidence: { vmState: vm_state, creations: created, deletions: deleted, first, last },
      repair: 'None: what was told is not unsaid. Whoever follows the events of this server should read the server itself.',
    }));
  },
};
