/** The tables that tell of a server besides its own row: what leaves with a deleted server, whoever removes it. */
import { type RawBuilder, sql } from 'kysely';
import { LIVE } from '../../../lib/workflow/tables.ts';

/** Each has a column `server_id`. What a deleted server must not have any more (placements, ports, groups) is not among them. */
export const tablesOfServers = ['instance_action_events', 'instance_actions', 'scheduling_decisions', 'server_migrations'] as const;

/** Common table expressions that delete the rows of the servers in `gone` from these tables; each has the name `of_` and that of its table. */
export const deletingHistory = (returning: (table: string) => RawBuilder<unknown>): RawBuilder<unknown> =>
  sql.join(
    tablesOfServers.map(
      (table) =>
        sql`${sql.ref(`of_${table}`)} AS (DELETE FROM ${sql.table(table)} AS known WHERE server_id IN (SELECT id FROM gone) RETURNING ${returning(table)})`,
    ),
  );

/** Servers that were deleted before a time, if nothing will touch them any more. */
export const deletedBefore = (before: Date): RawBuilder<boolean> => sql`
  vm_state = 'deleted' AND task_state IS NULL AND terminated_at < ${before} AND NOT EXISTS (
    SELECT FROM workflows WHERE subject = servers.id::text AND status IN ${sql.raw(LIVE)})`;
