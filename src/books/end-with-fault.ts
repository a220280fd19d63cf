/** How repairs end a server's operation, with a fault that tells its owner. */
import { sql } from 'kysely';
import { serviceContext } from '../lib/context/context.ts';
import { appendEvents } from '../db/stores/cloud/events.ts';
import { findServers } from '../db/stores/servers/servers.ts';
import { serverWorkError } from '../events/servers.ts';
import { endOpenActions } from '../db/stores/servers/instance-actions.ts';
import type { InWhole } from '../db/sql/queries.ts';
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

/** Settles a locked server with a fault, ends its open actions and writes their events, in the caller's transaction. */
export async function endWithFault(trx: InWhole, { serverId, to, message, details, requestId }: Ending): Promise<void> {
  await sql`
    UPDATE servers SET vm_state = ${to}, task_state = NULL, workflow_id = NULL, updated_at = now(),
      fault = jsonb_build_object('code', 500, 'message', ${message}::text, 'details', ${details}::text,
        'createdAt', to_char(now() AT TIME ZONE 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
    WHERE id = ${serverId}`.execute(trx);
  // Ending an action writes its event; without an open action, a general error event is written.
  if ((await endOpenActions(trx, serverId)) === 0)
    await appendEvents(trx, serviceContext(requestId), (await findServers(trx, [serverId])).map(serverWorkError));
}
