import type { Context } from '../../../lib/context/context.ts';
import type { Server } from '../../../objects/server.ts';

/** The role in which the caller locks: an administrator in the server's own project acts as its owner. */
export const lockerOf = (ctx: Context, { projectId }: Server): 'owner' | 'admin' => (ctx.projectId === projectId ? 'owner' : 'admin');
