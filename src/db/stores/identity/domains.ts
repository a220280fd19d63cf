import type { Insertable, Selectable, Updateable } from 'kysely';
import type { Domain, Project, User } from '../../../objects/identity.ts';
import type { DomainsTable } from '../../schema/identity.ts';
import { projectOf } from './projects.ts';
import { userOf } from './users.ts';
import { namedPage, type NamedPageQuery } from './pages.ts';
import { dropReferencesTo } from './references.ts';
import type { CloudDb, InWhole } from '../../sql/queries.ts';
import { type ConstraintViolation, catchViolation } from '../../sql/constraint-violation.ts';

const domainOf = ({ id, name, description, enabled, options, extra }: Selectable<DomainsTable>): Domain => ({
  id,
  name,
  description,
  enabled,
  options,
  extra,
});

export async function insertDomain(db: CloudDb, row: Insertable<DomainsTable>): Promise<Domain | ConstraintViolation> {
  const made = await catchViolation(db.insertInto('domains').values(row).returningAll().executeTakeFirstOrThrow());
  return typeof made === 'object' ? domainOf(made) : made;
}

export async function findDomain(db: CloudDb, id: string): Promise<Domain | undefined> {
  const row = await db.selectFrom('domains').selectAll().where('id', '=', id).executeTakeFirst();
  return row && domainOf(row);
}

export const listDomains = async (db: CloudDb, query: NamedPageQuery<'domains'>): Promise<readonly Domain[]> =>
  (await namedPage(db, 'domains', query)).map(domainOf);

/** @returns undefined when there is no such domain */
export async function updateDomain(
  db: CloudDb,
  id: string,
  changes: Updateable<Omit<DomainsTable, 'id'>>,
): Promise<Domain | ConstraintViolation | undefined> {
  const row = await catchViolation(db.updateTable('domains').set(changes).where('id', '=', id).returningAll().executeTakeFirst());
  return typeof row === 'object' ? domainOf(row) : row;
}

/** A deleted domain, with what was in it. */
export interface DeletedDomain {
  readonly domain: Domain;
  readonly projects: readonly Project[];
  readonly users: readonly User[];
}

/** Deletes a disabled domain with its users and projects and all rows that reference them; undefined when it is enabled or gone. */
export async function deleteDomain(trx: InWhole, id: string): Promise<DeletedDomain | undefined> {
  const locked = await trx.selectFrom('domains').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!locked || locked.enabled) return undefined;
  const projects = await trx.selectFrom('projects').selectAll().where('domain_id', '=', id).execute();
  await trx.updateTable('projects').set({ parent_id: null }).where('domain_id', '=', id).execute();
  await dropReferencesTo('projects', trx, idsOf(projects));
  await trx.deleteFrom('projects').where('domain_id', '=', id).execute();
  const users = await trx.deleteFrom('users').where('domain_id', '=', id).returningAll().execute();
  await dropReferencesTo('users', trx, idsOf(users));
  await dropReferencesTo('domains', trx, [id]);
  await trx.deleteFrom('domains').where('id', '=', id).execute();
  return { domain: domainOf(locked), projects: projects.map(projectOf), users: users.map(userOf) };
}

const idsOf = (rows: readonly { readonly id: string }[]): readonly string[] => rows.map(({ id }) => id);
