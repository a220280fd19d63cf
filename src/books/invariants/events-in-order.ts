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
        SELECT subject, count(*) FILTER (WHERE type = 'server.create')::int AS created,
          count(*) FILTER (WHERE type = 'server.deleted')::int AS deleted,
          (array_agg(type ORDER BY seq))[1] AS first, (array_agg(type ORDER BY seq DESC))[1] AS last
        FROM events WHERE type LIKE 'server.%' GROUP BY subject)
      SELECT server.id, server.vm_state, coalesce(created, 0) AS created, coalesce(deleted, 0) AS deleted, first, last
      FROM servers AS server LEFT JOIN story ON story.subject = server.id::text
      WHERE created IS DISTINCT FROM 1 OR first <> 'server.create' OR deleted > 1 OR (deleted > 0 AND last <> 'server.deleted')
        OR (deleted > 0) <> (server.vm_state = 'deleted')
      ORDER BY server.number LIMIT ${MAX_BREACHES}`.execute(db);
    return rows.map(({ id, vm_state, created, deleted, first, last }) => ({
      subject: id,
      what: `The events of server ${id} do not tell its story.`,
      evidence: { vmState: vm_state, creations: created, deletions: deleted, first, last },
      repair: 'None: what was told is not unsaid. Whoever follows the events of this server should read the server itself.',
    }));
  },
};
