import type { CellDb } from '../../db/sql/queries.ts';
import { findServer } from '../../db/stores/servers/servers.ts';
import type { Context } from '../../lib/context/context.ts';
import type { Server } from '../../objects/server.ts';
import type { Policy } from '../../policy/policy.ts';
import type { PolicyRule } from '../../policy/rules.ts';
import { ServerNotFound } from './errors.ts';

export interface Sought {
  readonly id: string;
  /** What the caller wants to do with it. */
  readonly rule: PolicyRule;
  /** Also one that was deleted; by default that is found by nobody, for clients wait for it to be gone. */
  readonly evenDeleted?: boolean;
}

/** A server of the asking project; of any, for who may see all. */
export async function visibleServer({ db, policy }: { db: CellDb; policy: Policy }, ctx: Context, sought: Sought): Promise<Server> {
  const { id, rule, evenDeleted = false } = sought;
  const server = isUuid(id) ? await findServer(db, id) : undefined;
  // Somebody else's server is as good as none: its existence is nobody's business.
  const visible = server && (evenDeleted || server.vmState !== 'deleted') && (ctx.isAdmin || server.projectId === ctx.projectId);
  if (!visible) throw ServerNotFound({ id });
  policy.check(ctx, rule, { project_id: server.projectId, user_id: server.userId });
  return server;
}

/** Ids that are none would make the database complain of their form. */
const isUuid = (id: string): boolean => /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(id);
