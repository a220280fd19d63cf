/** Names of projects, users and roles that no constraint of the database holds: the tables that say them belong to other services. */
import { sql } from 'kysely';
import type { Database } from '../../db/schema/index.ts';
import { type Invariant, MAX_BREACHES } from '../invariant.ts';

interface Reference {
  readonly table: keyof Database;
  readonly column: string;
  readonly to: 'projects' | 'users' | 'roles' | 'domains';
  /** What is done to a row that names nobody; the row goes, when not said. */
  readonly isCleared?: true;
  /** What such a row is, for a reader. */
  readonly is: string;
}

const references: readonly Reference[] = [
  { table: 'keypairs', column: 'user_id', to: 'users', is: 'a keypair' },
  { table: 'server_groups', column: 'project_id', to: 'projects', is: 'a server group' },
  { table: 'flavor_projects', column: 'project_id', to: 'projects', is: 'access to a flavor' },
  { table: 'quota_limits', column: 'project_id', to: 'projects', is: 'a quota' },
  { table: 'quota_limits', column: 'user_id', to: 'users', is: 'a quota' },
  { table: 'network_quotas', column: 'project_id', to: 'projects', is: 'a quota of the network service' },
  { table: 'image_members', column: 'member', to: 'projects', is: 'a share of an image' },
  { table: 'users', column: 'default_project_id', to: 'projects', is: 'a default project', isCleared: true },
  { table: 'role_assignments', column: 'user_id', to: 'users', is: 'a role' },
  { table: 'role_assignments', column: 'project_id', to: 'projects', is: 'a role' },
  { table: 'role_assignments', column: 'role_id', to: 'roles', is: 'a role' },
  { table: 'domain_role_assignments', column: 'user_id', to: 'users', is: 'a role in a domain' },
  { table: 'domain_role_assignments', column: 'domain_id', to: 'domains', is: 'a role in a domain' },
  { table: 'domain_role_assignments', column: 'role_id', to: 'roles', is: 'a role in a domain' },
];

const invariantOf = ({ table, column, to, is, isCleared }: Reference): Invariant => ({
  name: `${table}.${column}`,
  sentence: `Nobody has ${is} by ${table}.${column} who is not among the ${to}.`,
  isSelfHealing: false,
  find: async (db) => {
    const { rows } = await sql<{ named: string; n: number }>`
      SELECT ${sql.ref(column)} AS named, count(*)::int AS n FROM ${sql.table(table)} AS said
      WHERE ${sql.ref(column)} IS NOT NULL AND NOT EXISTS (SELECT FROM ${sql.table(to)} AS known WHERE known.id = said.${sql.ref(column)})
        -- Where identities are kept elsewhere there is nothing to compare with.
        AND EXISTS (SELECT FROM users)
      GROUP BY 1 ORDER BY 1 LIMIT ${MAX_BREACHES}`.execute(db);
    return rows.map(({ named, n }) => ({
      subject: named,
      what: `${named} has ${is} and is not among the ${to}.`,
      evidence: { table, column, rows: n },
      repair: isCleared ? `Clear ${column}.` : 'Delete the rows: ids are never given twice, so nobody can use them.',
    }));
  },
  repair: {
    // Ids are never given twice: who is gone stays gone, and there is nothing to hold.
    lock: async () => {},
    mend: (trx, { subject }) =>
      isCleared
        ? sql`UPDATE ${sql.table(table)} SET ${sql.ref(column)} = NULL WHERE ${sql.ref(column)} = ${subject}`.execute(trx)
        : sql`DELETE FROM ${sql.table(table)} WHERE ${sql.ref(column)} = ${subject}`.execute(trx),
  },
});

/** One invariant for each of the references. */
export const referencesHold: readonly Invariant[] = references.map(invariantOf);
