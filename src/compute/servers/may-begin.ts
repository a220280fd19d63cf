import type { Context } from '../../lib/context/context.ts';
import type { Server } from '../../objects/server.ts';
import { ServerInWrongState, ServerIsLocked, ServerNotReady } from './errors.ts';
import { refusalIn, type Transition } from '../../operations/lifecycle.ts';

/** What a row says of when something may begin. */
export type Beginning = Pick<Transition, 'from' | 'during' | 'lockable'> & { readonly needsHost?: boolean };

/** Throws why something may not be done to a server now, if it may not; `action` is how clients know it. */
export function checkMayBegin(ctx: Context, server: Server, row: Beginning, action: string): void {
  if (row.lockable && server.lockedBy !== null && !ctx.isAdmin) throw ServerIsLocked({ id: server.id });
  const refusal = refusalIn(row, server);
  if (refusal) throw ServerInWrongState({ action, id: server.id, ...refusal });
  if (row.needsHost && server.host === null) throw ServerNotReady({ id: server.id });
}
