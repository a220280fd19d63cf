import { sql } from 'kysely';
import type { CloudDb } from '../../sql/queries.ts';

/** Adds a domain unless the name is taken. */
export async function ensureDomain(db: CloudDb, domain: { id: string; name: string }): Promise<void> {
  await db
    .insertInto('domains')
    .values({ ...domain, description: '', enabled: true })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Adds a role unless the name is taken. */
export async function createRole(db: CloudDb, role: { id: string; name: string }): Promise<void> {
  await db
    .insertInto('roles')
    .values(role)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Adds a project unless the domain has one of that name. @returns the id of the new or existing one */
export async function createProject(db: CloudDb, project: { id: string; domainId: string; name: string }): Promise<string> {
  await db
    .insertInto('projects')
    .values({ id: project.id, domain_id: project.domainId, name: project.name, description: '', enabled: true })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = await db
    .selectFrom('projects')
    .select('id')
    .where('domain_id', '=', project.domainId)
    .where('name', '=', project.name)
    .executeTakeFirstOrThrow();
  return row.id;
}

/** A user to create. */
export interface NewUser {
  readonly id: string;
  readonly domainId: string;
  readonly name: string;
  readonly passwordHash: string;
  readonly defaultProjectId: string | null;
}

/** Adds a user unless the domain has one of that name. @returns the new or existing one */
export async function createUser(db: CloudDb, user: NewUser): Promise<{ readonly id: string; readonly created: boolean }> {
  const made = await db
    .insertInto('users')
    .values({
      id: user.id,
      domain_id: user.domainId,
      name: user.name,
      password_hash: user.passwordHash,
      default_project_id: user.defaultProjectId,
      email: null,
      enabled: true,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (made) return { id: made.id, created: true };
  const row = await db
    .selectFrom('users')
    .select('id')
    .where('domain_id', '=', user.domainId)
    .where('name', '=', user.name)
    .executeTakeFirstOrThrow();
  return { id: row.id, created: false };
}

/** Sets a password and ends all tokens of the user. */
export async function setPassword(db: CloudDb, userId: string, passwordHash: string): Promise<void> {
  await db
    .updateTable('users')
    .set({ password_hash: passwordHash, generation: sql<number>`generation + 1` })
    .where('id', '=', userId)
    .execute();
}

/** Whether there are any users: a cloud without users is new. */
export async function hasUsers(db: CloudDb): Promise<boolean> {
  return (await db.selectFrom('users').select('id').limit(1).executeTakeFirst()) !== undefined;
}

/** The ids of a user and a project of the same name in a domain, also when disabled; undefined when either is gone. */
export async function findNamesakes(
  db: CloudDb,
  { domainId, name }: { readonly domainId: string; readonly name: string },
): Promise<{ readonly userId: string; readonly projectId: string } | undefined> {
  return await db
    .selectFrom('users')
    .innerJoin('projects', 'projects.domain_id', 'users.domain_id')
    .select(['users.id as userId', 'projects.id as projectId'])
    .where('users.domain_id', '=', domainId)
    .where('users.name', '=', name)
    .where('projects.name', '=', name)
    .executeTakeFirst();
}

/** Grants a user a role in a project; a no-op when they have it. */
export async function grantRole(db: CloudDb, grant: { userId: string; projectId: string; role: string }): Promise<void> {
  await db
    .insertInto('role_assignments')
    .columns(['user_id', 'project_id', 'role_id'])
    .expression((eb) =>
      eb
        .selectFrom('roles')
        .select((of) => [of.val(grant.userId).as('user_id'), of.val(grant.projectId).as('project_id'), 'id'])
        .where('name', '=', grant.role)
        .where('domain_id', 'is', null),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
