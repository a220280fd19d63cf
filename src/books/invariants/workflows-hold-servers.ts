import { sql } from 'kysely';
import { giveWay } from '../../lib/workflow/give-way.ts';
import { type Breach, type Invariant, MAX_BREACHES } from '../invariant.ts';
import { isLive } from '../under-way.ts';

/** A cancelled workflow unwinds within minutes, and one that has settled its server ends at once. */
const UNWOUND_WITHIN = sql`interval '10 minutes'`;

interface Row {
  id: string;
  definition: string;
  status: string;
  step: string | null;
  owner: string | null;
  server_id: string;
  is_there: boolean;
  held_by: string | null;
}

/** Only the workflow named in a server's row may change it; any other is useless. */
export const workflowsHoldServers: Invariant = {
  name: 'workflows-hold-servers',
  sentence: 'The server of a running workflow exists, and the workflow holds it or is being cancelled.',
  isSelfHealing: true,
  find: async (db) => {
    const { rows } = await sql<Row>`
      SELECT w.id, w.definition, w.status, w.step, w.owner, w.input ->> 'serverId' AS server_id, server.id IS NOT NULL AS is_there,
        server.workflow_id AS held_by
      FROM workflows AS w LEFT JOIN servers AS server ON server.id::text = w.input ->> 'serverId'
      WHERE w.${isLive} AND w.input ->> 'serverId' IS NOT NULL
        AND server.workflow_id IS DISTINCT FROM w.id
        AND (w.updated_at < now() - ${UNWOUND_WITHIN} OR (server.id IS NULL AND NOT w.cancel_requested))
      ORDER BY w.seq LIMIT ${MAX_BREACHES}`.execute(db);
    return rows.map(breachOf);
  },
  repair: {
    lock: (trx, { subject }) => trx.selectFrom('workflows').select('id').where('id', '=', subject).forUpdate().execute(),
    apply: (trx, { subject }) => giveWay(trx, subject),
  },
};

const breachOf = ({ id, definition, status, step, owner, server_id, is_there, held_by }: Row): Breach => ({
  subject: id,
  what: is_there
    ? `Workflow ${id} (${definition}) is running, but no longer holds server ${server_id}.`
    : `Workflow ${id} (${definition}) is about server ${server_id}, which does not exist.`,
  evidence: { definition, status, step, owner, serverId: server_id, serverHeldBy: held_by },
  repair: 'Cancel it: a conductor unwinds and ends it.',
});
