import type { Context } from '../../lib/context/context.ts';
import type { HostName } from '../../objects/ids.ts';
import type { Server } from '../../objects/server.ts';
import { ServerInWrongState, ServerIsLocked, ServerNotReady } from './errors.ts';
import { refusalIn, type Transition } from '../../operations/lifecycle.ts';

/** When something may begin, from its row. */
export type Beginning = Pick<Transition, 'from' | 'during' | 'lockable'> & { readonly needsHost?: boolean };

/** Throws if an operation may not begin on the server now; `action` is its name for clients. */
export function checkMayBegin(ctx: Context, server: Server, row: Beginning, action: string): void {
  if (row.lockable && server.lockedBy !== null && !ctx.isAdmin) throw ServerIsLocked({ id: server.id });
  const refusal = refusalIn(row, server);
  if (refusal) throw ServerInWrongState({ action, id: server.id, ...refusal });
  if (row.needsHost && server.host === null) throw ServerNotReady({ id: server.id });
}

/** The host of a server that needs one for what is asked. */
export function hostOf({ id, host }: Server): HostName {
  if (host === null) throw ServerNotReady({ id });
  return host;
}
