import type { DomainRef, Principal, ProjectRef, UserRef } from '../../objects/principal.ts';
import { sql } from 'kysely';
import type { Queries } from './queries.ts';

/** What a login needs to know of a user. */
export interface Credentials {
  readonly id: string;
  readonly passwordHash: string | null;
  readonly enabled: boolean;
  readonly defaultProjectId: string | null;
}

export async function findCredentials(db: Queries, user: UserRef): Promise<Credentials | undefined> {
  let select = db
    .selectFrom('users')
    .innerJoin('domains', 'domains.id', 'users.domain_id')
    .select(['users.id', 'users.password_hash', 'users.default_project_id', sql<boolean>`users.enabled AND domains.enabled`.as('enabled')]);
  if ('id' in user) select = select.where('users.id', '=', user.id);
  else {
    const { domain, name } = user;
    select = select.where('users.name', '=', name);
    select = 'id' in domain ? select.where('domains.id', '=', domain.id) : select.where('domains.name', '=', domain.name);
  }
  const row = await select.executeTakeFirst();
  return row && { id: row.id, passwordHash: row.password_hash, enabled: row.enabled, defaultProjectId: row.default_project_id };
}

/** One user, one project, the roles: one query, for it stands on the way of every request. */
export async function findPrincipal(db: Queries, userId: string, project: ProjectRef | null): Promise<Principal | undefined> {
  const { rows } = await sql<{
    user_id: string;
    user_name: string;
    user_domain_id: string;
    user_domain: string;
    project_id: string | null;
    project_name: string | null;
    project_domain_id: string | null;
    project_domain: string | null;
    roles: { id: string; name: string }[] | null;
  }>`
    SELECT u.id AS user_id, u.name AS user_name, u.domain_id AS user_domain_id, ud.name AS user_domain,
      p.id AS project_id, p.name AS project_name, p.domain_id AS project_domain_id, pd.name AS project_domain,
      (SELECT jsonb_agg(jsonb_build_object('id', r.id, 'name', r.name) ORDER BY r.name)
       FROM role_assignments AS a JOIN roles AS r ON r.id = a.role_id WHERE a.user_id = u.id AND a.project_id = p.id) AS roles
    FROM users AS u JOIN domains AS ud ON ud.id = u.domain_id AND ud.enabled
    LEFT JOIN (projects AS p JOIN domains AS pd ON pd.id = p.domain_id AND pd.enabled) ON p.enabled AND ${projectCondition(project)}
    WHERE u.id = ${userId} AND u.enabled`.execute(db);
  const row = rows[0];
  if (!row) return undefined;
  const user = { id: row.user_id, name: row.user_name, domain: { id: row.user_domain_id, name: row.user_domain } };
  if (project === null) return { user, project: null, roles: [] };
  const { project_id, project_name, project_domain_id, project_domain, roles } = row;
  if (project_id === null || project_name === null || project_domain_id === null || project_domain === null || !roles) return undefined;
  return { user, project: { id: project_id, name: project_name, domain: { id: project_domain_id, name: project_domain } }, roles };
}

function projectCondition(project: ProjectRef | null) {
  if (project === null) return sql`false`;
  return 'id' in project ? sql`p.id = ${project.id}` : sql`p.name = ${project.name} AND ${domainCondition(project.domain)}`;
}

const domainCondition = (domain: DomainRef) => ('id' in domain ? sql`pd.id = ${domain.id}` : sql`pd.name = ${domain.name}`);

/** The enabled projects in which a user has a role, by name. */
export async function projectsOfUser(db: Queries, userId: string) {
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

/** The keys that check tokens, the newest (which signs) first. */
export async function tokenKeys(db: Queries): Promise<readonly { id: string; secret: string }[]> {
  return await db.selectFrom('token_keys').select(['id', 'secret']).orderBy('created_at', 'desc').orderBy('id').execute();
}

/** Adds a signing key, unless there is one already; processes that start at once add one together. */
export async function ensureTokenKey(db: Queries, key: { id: string; secret: string }): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`SELECT pg_advisory_xact_lock(hashtext('token_keys'))`.execute(trx);
    await sql`INSERT INTO token_keys (id, secret) SELECT ${key.id}, ${key.secret} WHERE NOT EXISTS (SELECT 1 FROM token_keys)`.execute(trx);
  });
}

export async function revokeToken(db: Queries, token: { auditId: string; expiresAt: Date }): Promise<void> {
  await db
    .insertInto('revoked_tokens')
    .values({ audit_id: token.auditId, expires_at: token.expiresAt })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function isRevoked(db: Queries, auditId: string): Promise<boolean> {
  return (await db.selectFrom('revoked_tokens').select('audit_id').where('audit_id', '=', auditId).executeTakeFirst()) !== undefined;
}
