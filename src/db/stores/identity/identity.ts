import type { UserRef } from '../../../objects/principal.ts';
import { sql } from 'kysely';
import { batched } from '../../sql/batch-queries.ts';
import type { CloudDb } from '../../sql/queries.ts';

/** What a login needs to know about a user. */
export interface Credentials {
  readonly id: string;
  readonly passwordHash: string | null;
  readonly enabled: boolean;
  readonly defaultProjectId: string | null;
  /** The generation of their tokens, read with the password: a password change ends what the old password proved. */
  readonly generation: number;
}

export async function findCredentials(db: CloudDb, user: UserRef): Promise<Credentials | undefined> {
  let select = db
    .selectFrom('users')
    .innerJoin('domains', 'domains.id', 'users.domain_id')
    .select(['users.id', 'users.password_hash', 'users.default_project_id', 'users.generation'])
    .select(sql<boolean>`users.enabled AND domains.enabled`.as('enabled'));
  if ('id' in user) select = select.where('users.id', '=', user.id);
  else {
    const { domain, name } = user;
    select = select.where('users.name', '=', name);
    select = 'id' in domain ? select.where('domains.id', '=', domain.id) : select.where('domains.name', '=', domain.name);
  }
  const row = await select.executeTakeFirst();
  return (
    row && {
      id: row.id,
      passwordHash: row.password_hash,
      enabled: row.enabled,
      defaultProjectId: row.default_project_id,
      generation: row.generation,
    }
  );
}

/** The id of a user; for an unknown one the name, with the domain's id if there is such a domain. */
export async function findAccount(
  db: CloudDb,
  { name, domain }: Exclude<UserRef, { id: string }>,
): Promise<{ readonly id: string } | { readonly name: string; readonly domain: string }> {
  const { rows } = await sql<{ user_id: string | null; domain_id: string }>`
    SELECT u.id AS user_id, d.id AS domain_id FROM domains AS d LEFT JOIN users AS u ON u.domain_id = d.id AND u.name = ${name}
    WHERE ${'id' in domain ? sql`d.id = ${domain.id}` : sql`d.name = ${domain.name}`}`.execute(db);
  const [row] = rows;
  if (row && row.user_id !== null) return { id: row.user_id };
  return { name, domain: row?.domain_id ?? ('id' in domain ? domain.id : domain.name) };
}

/** The enabled domains in which a user has a role, by name. */
export async function domainsOfUser(db: CloudDb, userId: string): Promise<readonly { id: string; name: string }[]> {
  const { rows } = await sql<{ id: string; name: string }>`
    SELECT d.id, d.name FROM domains AS d
    WHERE d.enabled AND EXISTS (SELECT 1 FROM domain_role_assignments AS a WHERE a.domain_id = d.id AND a.user_id = ${userId})
    ORDER BY d.name`.execute(db);
  return rows;
}

/** The enabled projects in which a user has a role, by name. */
export async function projectsOfUser(db: CloudDb, userId: string) {
  const rows = await db
    .selectFrom('projects')
    .innerJoin('domains', 'domains.id', 'projects.domain_id')
    .select(['projects.id', 'projects.name', 'domains.id as domain_id', 'domains.name as domain_name'])
    .where('projects.enabled', '=', true)
    .where((eb) =>
      eb.exists(
        eb.selectFrom('role_assignments').select('role_id').whereRef('project_id', '=', 'projects.id').where('user_id', '=', userId),
      ),
    )
    .orderBy('projects.name')
    .execute();
  return rows.map((row) => ({ id: row.id, name: row.name, domain: { id: row.domain_id, name: row.domain_name } }));
}

/** Revokes a token, and deletes revocations of expired tokens. */
export async function revokeToken(db: CloudDb, token: { auditId: string; expiresAt: Date }, now: Date): Promise<void> {
  await db
    .insertInto('revoked_tokens')
    .values({ audit_id: token.auditId, expires_at: token.expiresAt })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  // A day longer than needed, because clocks differ.
  await sql`DELETE FROM revoked_tokens WHERE expires_at < ${now}::timestamptz - interval '1 day'`.execute(db);
}

/** Whether a token was revoked, by its audit id. */
export const isRevoked = batched(String, async (db: CloudDb, auditIds: readonly string[]): Promise<readonly boolean[]> => {
  const { rows } = await sql<{ audit_id: string }>`SELECT audit_id FROM revoked_tokens WHERE audit_id = ANY(${[...auditIds]})`.execute(db);
  const revoked = new Set(rows.map((row) => row.audit_id));
  return auditIds.map((auditId) => revoked.has(auditId));
});
