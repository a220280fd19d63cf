/** References to projects, users and roles without a foreign key, since those tables belong to other services. */
import { sql } from 'kysely';
import type { Database } from '../../db/schema/index.ts';
import { type Invariant, MAX_BREACHES } from '../invariant.ts';

interface Reference {
  readonly table: keyof Database;
  readonly column: string;
  readonly to: 'projects' | 'users' | 'roles' | 'domains';
  /** Clear the column of a dangling row instead of deleting the row. */
  readonly isCleared?: true;
  /** What a row is, in words. */
  readonly kind: string;
}

const references: readonly Reference[] = [
  { table: 'keypairs', column: 'user_id', to: 'users', kind: 'a keypair' },
  { table: 'server_groups', column: 'project_id', to: 'projects', kind: 'a server group' },
  { table: 'flavor_projects', column: 'project_id', to: 'projects', kind: 'access to a flavor' },
  { table: 'quota_limits', column: 'project_id', to: 'projects', kind: 'a quota' },
  { table: 'quota_limits', column: 'user_id', to: 'users', kind: 'a quota' },
  { table: 'network_quotas', column: 'project_id', to: 'projects', kind: 'a quota of the network service' },
  { table: 'image_members', column: 'member', to: 'projects', kind: 'a share of an image' },
  { table: 'users', column: 'default_project_id', to: 'projects', kind: 'a default project', isCleared: true },
  { table: 'role_assignments', column: 'user_id', to: 'users', kind: 'a role' },
  { table: 'role_assignments', column: 'project_id', to: 'projects', kind: 'a role' },
  { table: 'role_assignments', column: 'role_id', to: 'roles', kind: 'a role' },
  { table: 'domain_role_assignments', column: 'user_id', to: 'users', kind: 'a role in a domain' },
  { table: 'domain_role_assignments', column: 'domain_id', to: 'domains', kind: 'a role in a domain' },
  { table: 'domain_role_assignments', column: 'role_id', to: 'roles', kind: 'a role in a domain' },
];

const invariantOf = ({ table, column, to, kind, isCleared }: Reference): Invariant => ({
  name: `${table}.${column}`,
  sentence: `Every ${table}.${column} (${kind}) is among the ${to}.`,
  isSelfHealing: false,
  find: async (db) => {
    const { rows } = await sql<{ named: string; n: number }>`
      SELECT ${sql.ref(column)} AS named, count(*)::int AS n FROM ${sql.table(table)} AS said
      WHERE ${sql.ref(column)} IS NOT NULL AND NOT EXISTS (SELECT FROM ${sql.table(to)} AS known WHERE known.id = said.${sql.ref(column)})
        -- With an external identity service there is nothing to compare with.
        AND EXISTS (SELECT FROM users)
      GROUP BY 1 ORDER BY 1 LIMIT ${MAX_BREACHES}`.execute(db);
    return rows.map(({ named, n }) => ({
      subject: named,
      what: `${named} has ${kind}, but is not among the ${to}.`,
      evidence: { table, column, rows: n },
      repair: isCleared ? `Clear ${column}.` : 'Delete the rows: ids are never reused, so nobody needs them.',
    }));
  },
  repair: {
    // Ids are never reused: a missing one stays missing, so there is nothing to lock.
    lock: async () => {},
    apply: (trx, { subject }) =>
      isCleared
        ? sql`UPDATE ${sql.table(table)} SET ${sql.ref(column)} = NULL WHERE ${sql.ref(column)} = ${subject}`.execute(trx)
        : sql`DELETE FROM ${sql.table(table)} WHERE ${sql.ref(column)} = ${subject}`.execute(trx),
  },
});

/** One invariant for each reference. */
export const referencesHold: readonly Invariant[] = references.map(invariantOf);
