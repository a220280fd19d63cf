/** The principals of tokens: users, the project or domain of the token's scope, and their roles there. */
import { sql } from 'kysely';
import type { DomainRef, ProjectRef, Standing } from '../../../objects/principal.ts';
import { batched } from '../../sql/batch-queries.ts';
import type { CloudDb } from '../../sql/queries.ts';

/** A user to look up, in a project if one is named. */
interface Sought {
  readonly userId: string;
  readonly projectId: string | null;
}

/** A user's present standing, in a project or without one; undefined when either is unknown or disabled, or the user has no role there. */
export async function findPrincipal(db: CloudDb, userId: string, project: ProjectRef | null): Promise<Standing | undefined> {
  const projectId = project && ('id' in project ? project.id : await projectIdOf(db, project));
  return projectId === undefined ? undefined : await principalIn(db, { userId, projectId });
}

/** Every request needs this lookup, so concurrent ones are batched. */
const principalIn = batched(
  ({ userId, projectId }: Sought) => JSON.stringify([userId, projectId]),
  async (db: CloudDb, sought: readonly Sought[]): Promise<readonly (Standing | undefined)[]> => {
    const users = sought.map(({ userId }) => userId);
    const projects = sought.map(({ projectId }) => projectId);
    const { rows } = await sql<PrincipalRow>`
      SELECT q.number::int, u.id AS user_id, u.name AS user_name, u.domain_id AS user_domain_id, ud.name AS user_domain, u.generation,
        p.id AS project_id, p.name AS project_name, p.domain_id AS project_domain_id, pd.name AS project_domain,
        (SELECT jsonb_agg(jsonb_build_object('id', r.id, 'name', r.name) ORDER BY r.name)
         FROM role_assignments AS a JOIN roles AS r ON r.id = a.role_id AND r.domain_id IS NULL WHERE a.user_id = u.id AND a.project_id = p.id) AS roles
      FROM unnest(${users}::text[], ${projects}::text[]) WITH ORDINALITY AS q(user_id, project_id, number)
      JOIN users AS u ON u.id = q.user_id AND u.enabled JOIN domains AS ud ON ud.id = u.domain_id AND ud.enabled
      LEFT JOIN (projects AS p JOIN domains AS pd ON pd.id = p.domain_id AND pd.enabled) ON p.enabled AND p.id = q.project_id`.execute(db);
    const found = new Map(rows.map((row) => [row.number - 1, row]));
    return sought.map(({ projectId }, n) => standingOf(found.get(n), projectId));
  },
);

interface PrincipalRow {
  /** The number of the question that this answers, from 1. */
  readonly number: number;
  readonly user_id: string;
  readonly user_name: string;
  readonly user_domain_id: string;
  readonly user_domain: string;
  readonly generation: number;
  readonly project_id: string | null;
  readonly project_name: string | null;
  readonly project_domain_id: string | null;
  readonly project_domain: string | null;
  readonly roles: { id: string; name: string }[] | null;
}

function standingOf(row: PrincipalRow | undefined, soughtProject: string | null): Standing | undefined {
  if (!row) return undefined;
  const user = { id: row.user_id, name: row.user_name, domain: { id: row.user_domain_id, name: row.user_domain } };
  const { generation } = row;
  if (soughtProject === null) return { user, project: null, domain: null, roles: [], generation };
  const { project_id, project_name, project_domain_id, project_domain, roles } = row;
  if (project_id === null || project_name === null || project_domain_id === null || project_domain === null || !roles) return undefined;
  const project = { id: project_id, name: project_name, domain: { id: project_domain_id, name: project_domain } };
  return { user, project, domain: null, roles, generation };
}

/** The id of a project by name; undefined when there is none. */
async function projectIdOf(db: CloudDb, { name, domain }: Exclude<ProjectRef, { id: string }>): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    SELECT p.id FROM projects AS p JOIN domains AS pd ON pd.id = p.domain_id WHERE p.name = ${name} AND ${domainCondition(domain)}`.execute(
    db,
  );
  return rows[0]?.id;
}

/** The condition that selects a domain. */
const domainCondition = (domain: DomainRef) => ('id' in domain ? sql`pd.id = ${domain.id}` : sql`pd.name = ${domain.name}`);

/** A user's present standing in a domain. */
export async function findDomainPrincipal(db: CloudDb, userId: string, domain: DomainRef): Promise<Standing | undefined> {
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
    JOIN domain_role_assignments AS a ON a.user_id = u.id JOIN roles AS r ON r.id = a.role_id AND r.domain_id IS NULL
    JOIN domains AS pd ON pd.id = a.domain_id AND pd.enabled
    WHERE u.id = ${userId} AND u.enabled AND ${domainCondition(domain)}
    GROUP BY u.id, ud.id, pd.id`.execute(db);
  const row = rows[0];
  if (!row) return undefined;
  const user = { id: row.user_id, name: row.user_name, domain: { id: row.user_domain_id, name: row.user_domain } };
  return { user, project: null, domain: { id: row.id, name: row.name }, roles: row.roles, generation: row.generation };
}
