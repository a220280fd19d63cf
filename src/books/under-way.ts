/** Work in progress, which is no breach. */
import { type RawBuilder, sql } from 'kysely';
import { LIVE } from '../lib/workflow/tables.ts';

/** Longer than any workflow takes: a host has half an hour for its work, and a retry is another workflow. */
export const WORKFLOW_MAX_AGE = sql`interval '2 hours'`;

/** How long something must have been idle before it is compared with the world outside the database. */
export const MIN_IDLE = sql`interval '1 minute'`;

export const isLive = sql<boolean>`status IN ${sql.raw(LIVE)}`;

/** Whether a workflow that is not too old is working on the row `server`. */
export const isUnderWay: RawBuilder<boolean> = sql`EXISTS (
  SELECT FROM workflows WHERE subject = server.id::text AND ${isLive} AND created_at > now() - ${WORKFLOW_MAX_AGE})`;
