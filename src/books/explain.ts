/** How the books tell a server's owner that they had to end something. */
import { sql } from 'kysely';
import { appendEvent } from '../db/stores/cloud/events.ts';
import { endOpenActions } from '../db/stores/servers/instance-actions.ts';
import type { InTransaction } from '../db/sql/queries.ts';
import type { VmState } from '../objects/states.ts';

interface Ending {
  readonly serverId: string;
  readonly to: VmState;
  /** For the owner. */
  readonly message: string;
  /** For operators. */
  readonly details: string;
  readonly requestId: string;
}

/** Brings a locked server to rest with a fault, ends its open actions, and tells the event log, all at once. */
export async function endWithFault(trx: InTransaction, { serverId, to, message, details, requestId }: Ending): Promise<void> {
  const { rows } = await sql<{ project_id: string }>`
    UPDATE servers SET vm_state = ${to}, task_state = NULL, workflow_id = NULL, updated_at = now(),
      fault = jsonb_build_object('code', 500, 'message', ${message}::text, 'details', ${details}::text,
        'createdAt', to_char(now() AT TIME ZONE 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
    WHERE id = ${serverId} RETURNING project_id`.execute(trx);
  await endOpenActions(trx, serverId);
  const type = to === 'error' ? 'server.error' : 'server.action-failed';
  for (const { project_id } of rows) await appendEvent(trx, { type, subject: serverId, projectId: project_id, requestId });
}
