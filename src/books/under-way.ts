/** What is no breach because somebody is at work on it. */
import { type RawBuilder, sql } from 'kysely';

/** Longer than any workflow takes: a host has half an hour for its work, and what is retried goes on in another workflow. */
export const WORKFLOW_LIFE = sql`interval '2 hours'`;

/** How long a thing must have been at rest before it is compared with what lies outside the database. */
export const REST = sql`interval '1 minute'`;

export const isLive = sql<boolean>`status IN ('pending', 'running', 'unwinding')`;

/** Whether a workflow that is not too old is at work on the row `server`. */
export const isUnderWay: RawBuilder<boolean> = sql`EXISTS (
  SELECT FROM workflows WHERE subject = server.id::text AND ${isLive} AND created_at > now() - ${WORKFLOW_LIFE})`;
