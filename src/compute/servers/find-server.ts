import type { CellDb } from '../../db/sql/queries.ts';
import { findServer } from '../../db/stores/servers/cached-servers.ts';
import type { Context } from '../../lib/context/context.ts';
import type { Server } from '../../objects/server.ts';
import type { Policy } from '../../policy/policy.ts';
import type { PolicyRule } from '../../policy/rules.ts';
import { ServerNotFound } from './errors.ts';

export interface Sought {
  readonly id: string;
  /** The policy rule of what the caller wants to do. */
  readonly rule: PolicyRule;
  /** Also find a deleted server; not by default, since clients wait for it to be gone. */
  readonly evenDeleted?: boolean;
}

/** A server of the caller's project; of any project for admins. */
export async function visibleServer({ db, policy }: { db: CellDb; policy: Policy }, ctx: Context, sought: Sought): Promise<Server> {
  const { id, rule, evenDeleted = false } = sought;
  const server = isUuid(id) ? await findServer(db, id) : undefined;
  // Another project's server counts as missing: its existence is not disclosed.
  const visible = server && (evenDeleted || server.vmState !== 'deleted') && (ctx.isAdmin || server.projectId === ctx.projectId);
  if (!visible) throw ServerNotFound({ id });
  policy.check(ctx, rule, { project_id: server.projectId, user_id: server.userId });
  return server;
}

/** The database would reject an id that is no UUID. */
const isUuid = (id: string): boolean => /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(id);
