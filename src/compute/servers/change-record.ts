import type { InWhole, WholeDb } from '../../db/sql/queries.ts';
import { change, type Changing } from '../../db/change.ts';
import { recordAction } from '../../db/stores/servers/instance-actions.ts';
import { changeServer, lockServer, type ServerDetails } from '../../db/stores/servers/servers.ts';
import { serverChange } from '../../events/servers.ts';
import type { Context } from '../../lib/context/context.ts';
import type { Server } from '../../objects/server.ts';
import type { Policy } from '../../policy/policy.ts';
import type { PolicyRule } from '../../policy/rules.ts';
import { ServerNotFound } from './errors.ts';
import { visibleServer } from './find-server.ts';
import { type Beginning, checkMayBegin } from './may-begin.ts';

/** A change of a server's record that involves no guest and no host. */
export interface RecordEditing {
  readonly rule: PolicyRule;
  /** Its event is `server.<name>`. */
  readonly name: string;
  readonly row: Beginning;
  /** Its name in a refusal. */
  readonly words: string;
  /** Columns to change, computed from the locked server; empty if there is nothing to change. */
  readonly change: (server: Server, trx: InWhole) => Promise<ServerDetails> | ServerDetails;
  /** Whether it is listed among the server's actions. */
  readonly isAction?: boolean;
}

/** Changes a server's record, in one transaction with its event. */
export async function changeRecord(
  deps: { readonly db: WholeDb; readonly policy: Policy },
  ctx: Context,
  id: string,
  { rule, name, row, words, change: edited, isAction = false }: RecordEditing,
): Promise<Server> {
  const { id: serverId } = await visibleServer(deps, ctx, { id, rule });
  // On a retry the edit is not applied again: what it removed could not be found a second time.
  const recall = async (_kept: null, { trx }: Changing<WholeDb>) => existing(await lockServer(trx, serverId), id);
  return await change(ctx, { db: deps.db, what: `server.${name} ${serverId}`, keep: () => null, recall }, async ({ trx, tell }) => {
    const server = existing(await lockServer(trx, serverId), id);
    checkMayBegin(ctx, server, row, words);
    const details = await edited(server, trx);
    if (Object.keys(details).length === 0) return server;
    if (isAction) await recordAction(trx, ctx, { serverId, name });
    const changed = await changeServer(trx, serverId, details);
    tell(serverChange(name)(changed));
    return changed;
  });
}

function existing(server: Server | undefined, id: string): Server {
  if (!server || server.vmState === 'deleted') throw ServerNotFound({ id });
  return server;
}
