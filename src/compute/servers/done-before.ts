/** What a request that comes again did when it came first, and nobody knew how far it got. */
import { subjectsOf } from '../../db/stores/cloud/events.ts';
import type { Queries } from '../../db/sql/queries.ts';
import type { Context } from '../../lib/context/context.ts';

/** What it made, by the events of this type, which were written together with what they tell of. */
export const doneBefore = async (db: Queries, ctx: Context, type: string): Promise<readonly string[]> =>
  ctx.resumed ? await subjectsOf(db, { type, requestId: ctx.requestId }) : [];
