import { sql } from 'kysely';
import { type Invariant, MAX_BREACHES } from '../invariant.ts';
import { isLive, WORKFLOW_MAX_AGE } from '../under-way.ts';

interface Row {
  id: string;
  definition: string;
  subject: string;
  status: string;
  step: string | null;
  attempt: number;
  owner: string | null;
  last_error: string | null;
  hours: number;
}

/** A workflow that retries for ever is as stuck as one that does nothing. */
export const workflowsEnd: Invariant = {
  name: 'workflows-end',
  sentence: 'No workflow lives longer than two hours.',
  isSelfHealing: false,
  find: async (db) => {
    const { rows } = await sql<Row>`
      SELECT id, definition, subject, status, step, attempt, owner, last_error ->> 'message' AS last_error,
        extract(epoch FROM now() - created_at)::float8 / 3600 AS hours
      FROM workflows WHERE ${isLive} AND created_at < now() - ${WORKFLOW_MAX_AGE} ORDER BY seq LIMIT ${MAX_BREACHES}`.execute(db);
    return rows.map(({ id, definition, subject, status, step, attempt, owner, last_error, hours }) => ({
      subject: id,
      what: `Workflow ${id} (${definition} of ${subject}) has been running for ${Math.floor(hours)} hours.`,
      evidence: { definition, about: subject, status, step, attempt, owner, lastError: last_error },
      repair:
        owner === null ? 'Start a conductor: none has taken it.' : 'Remove the cause of its last error; deleting the server cancels it.',
    }));
  },
};
