import type { DomainRef, ProjectRef, Standing, UserRef } from '../../objects/principal.ts';
import { sql } from 'kysely';
import type { Queries } from './queries.ts';

/** What a login needs to know of a user. */
export interface Credentials {
  readonly id: string;
  readonly passwordHash: string | null;
  readonly enabled: boolean;
  readonly defaultProjectId: string | null;
  /** Of their tokens; read with the password, so that what it proves ends with it. */
  readonly generation: number;
}

export async function findCredentials(db: Queries, user: UserRef): Promise<Credentials | undefined> {
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

/** One user, one project, the roles: one query, for it stands on the way of every request. */
export async function findPrincipal(db: Queries, userId: string, project: ProjectRef | null): Promise<Standing | undefined> {
  const { rows } = await sql<{
    user_id: string;
    user_name: string;
    user_domain_id: string;
    user_domain: string;
    generation: number;
    project_id: string | null;
    project_name: string | null;
    project_domain_id: string | null;
    project_domain: string | null;
    roles: { id: string; name: string }[] | null;
  }>`
    SELECT u.id AS user_id, u.name AS user_name, u.domain_id AS user_domain_id, ud.name AS user_domain, u.generation,
      p.id AS project_id, p.name AS project_name, p.domain_id AS project_domain_id, pd.name AS project_domain,
      (SELECT jsonb_agg(jsonb_build_object('id', r.id, 'name', r.name) ORDER BY r.name)
       FROM role_assignments AS a JOIN roles AS r ON r.id = a.role_id WHERE a.user_id = u.id AND a.project_id = p.id) AS roles
    FROM users AS u JOIN domains AS ud ON ud.id = u.domain_id AND ud.enabled
    LEFT JOIN (projects AS p JOIN domains AS pd ON pd.id = p.domain_id AND pd.enabled) ON p.enabled AND ${projectCondition(project)}
    WHERE u.id = ${userId} AND u.enabled`.execute(db);
  const row = rows[0];
  if (!row) return undefined;
  const user = { id: row.user_id, name: row.user_name, domain: { id: row.user_domain_id, name: row.user_domain } };
  const { generation } = row;
  if (project === null) return { user, project: null, domain: null, roles: [], generation };
  const { project_id, project_name, project_domain_id, project_domain, roles } = row;
  if (project_id === null || project_name === null || project_domain_id === null || project_domain === null || !roles) return undefined;
  const found = { id: project_id, name: project_name, domain: { id: project_domain_id, name: project_domain } };
  return { user, project: found, domain: null, roles, generation };
}

function projectCondition(project: ProjectRef | null) {
  if (project === null) return sql`false`;
  return 'id' in project ? sql`p.id = ${project.id}` : sql`p.name = ${project.name} AND ${domainCondition(project.domain)}`;
}

const domainCondition = (domain: DomainRef) => ('id' in domain ? sql`pd.id = ${domain.id}` : sql`pd.name = ${domain.name}`);

/** One user, one domain, the roles there. */
export async function findDomainPrincipal(db: Queries, userId: string, domain: DomainRef): Promise<Standing | undefined> {
  const { rows } = await sql<{
    user_id: string;
    user_name: string;
    user_domain_id: string;
    user_domain: string;
    generation: number;
    id: string;
    name: string;
    roles: { id: string; name: string }[];
  }>`
    SELECT u.id AS user_id, u.name AS user_name, u.domain_id AS user_domain_id, ud.name AS user_domain, u.generation, pd.id, pd.name,
      jsonb_agg(jsonb_build_object('id', r.id, 'name', r.name) ORDER BY r.name) AS roles
    FROM users AS u JOIN domains AS ud ON ud.id = u.domain_id AND ud.enabled
    JOIN domain_role_assignments AS a ON a.user_id = u.id JOIN roles AS r ON r.id = a.role_id
    JOIN domains AS pd ON pd.id = a.domain_id AND pd.enabled
    WHERE u.id = ${userId} AND u.enabled AND ${domainCondition(domain)}
    GROUP BY u.id, ud.id, pd.id`.execute(db);
  const row = rows[0];
  if (!row) return undefined;
  const user = { id: row.user_id, name: row.user_name, domain: { id: row.user_domain_id, name: row.user_domain } };
  return { user, project: null, domain: { id: row.id, name: row.name }, roles: row.roles, generation: row.generation };
}

/** The enabled domains in which a user has a role, by name. */
export async function domainsOfUser(db: Queries, userId: string): Promise<readonly { id: string; name: string }[]> {
  const { rows } = await sql<{ id: string; name: string }>`
    SELECT d.id, d.name FROM domains AS d
    WHERE d.enabled AND EXISTS (SELECT 1 FROM domain_role_assignments AS a WHERE a.domain_id = d.id AND a.user_id = ${userId})
    ORDER BY d.name`.execute(db);
  return rows;
}

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

/** Takes a token back; revocations of tokens whose time is over are forgotten. */
export async function revokeToken(db: Queries, token: { auditId: string; expiresAt: Date }, now: Date): Promise<void> {
  await db
    .insertInto('revoked_tokens')
    .values({ audit_id: token.auditId, expires_at: token.expiresAt })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  // A day more than needed: clocks differ.
  await sql`DELETE FROM revoked_tokens WHERE expires_at < ${now}::timestamptz - interval '1 day'`.execute(db);
}

export async function isRevoked(db: Queries, auditId: string): Promise<boolean> {
  return (await db.selectFrom('revoked_tokens').select('audit_id').where('audit_id', '=', auditId).executeTakeFirst()) !== undefined;
}
