/** The columns that reference identities, in the tables of every service, and what happens to such rows when the identity is deleted. */
import { sql } from 'kysely';
import type { Database } from '../../schema/index.ts';
import type { InWhole } from '../../sql/queries.ts';

/** A column with ids of the identity service. */
export interface Reference {
  readonly table: keyof Database;
  readonly column: string;
  readonly to: 'projects' | 'users' | 'roles' | 'domains';
  /** Clear the column instead of deleting the row. */
  readonly isCleared?: true;
  /** Its API accepts unknown ids, as in OpenStack, so a dangling one is no breach. */
  readonly isUnchecked?: true;
  /** What a row is, in words. */
  readonly kind: string;
}

/** All references, except those of the resources that outlive their project: servers, ports, networks, images. */
export const references: readonly Reference[] = [
  { table: 'keypairs', column: 'user_id', to: 'users', kind: 'a keypair' },
  { table: 'server_groups', column: 'project_id', to: 'projects', kind: 'a server group' },
  { table: 'flavor_projects', column: 'project_id', to: 'projects', kind: 'access to a flavor' },
  { table: 'quota_limits', column: 'project_id', to: 'projects', kind: 'a quota' },
  { table: 'quota_limits', column: 'user_id', to: 'users', kind: 'a quota' },
  { table: 'network_quotas', column: 'project_id', to: 'projects', kind: 'a quota of the network service', isUnchecked: true },
  { table: 'image_members', column: 'member', to: 'projects', kind: 'a share of an image', isUnchecked: true },
  { table: 'users', column: 'default_project_id', to: 'projects', kind: 'a default project', isCleared: true },
  { table: 'credentials', column: 'user_id', to: 'users', kind: 'a credential' },
  { table: 'credentials', column: 'project_id', to: 'projects', kind: 'a credential' },
  { table: 'role_assignments', column: 'user_id', to: 'users', kind: 'a role' },
  { table: 'role_assignments', column: 'project_id', to: 'projects', kind: 'a role' },
  { table: 'role_assignments', column: 'role_id', to: 'roles', kind: 'a role' },
  { table: 'domain_role_assignments', column: 'user_id', to: 'users', kind: 'a role in a domain' },
  { table: 'domain_role_assignments', column: 'domain_id', to: 'domains', kind: 'a role in a domain' },
  { table: 'domain_role_assignments', column: 'role_id', to: 'roles', kind: 'a role in a domain' },
];

/** Deletes or clears the rows that reference any of the ids by one column. */
export const dropReference = ({ table, column, isCleared }: Reference, trx: InWhole, ids: readonly string[]) =>
  isCleared
    ? sql`UPDATE ${sql.table(table)} SET ${sql.ref(column)} = NULL WHERE ${sql.ref(column)} = ANY(${[...ids]})`.execute(trx)
    : sql`DELETE FROM ${sql.table(table)} WHERE ${sql.ref(column)} = ANY(${[...ids]})`.execute(trx);

/** Deletes or clears all rows that reference any of the ids, in the tables of every service. */
export async function dropReferencesTo(to: Reference['to'], trx: InWhole, ids: readonly string[]): Promise<void> {
  // Always in the same order: concurrent deletions must not deadlock.
  for (const reference of references) if (reference.to === to) await dropReference(reference, trx, ids);
}
