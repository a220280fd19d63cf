import { transaction } from '../../db/sql/retry.ts';
import { createProject, createRole, createUser, ensureDomain, grantRole, hasUsers, setPassword } from '../../db/stores/identity/admin.ts';
import { findCredentials } from '../../db/stores/identity/identity.ts';
import type { CloudDb } from '../../db/sql/queries.ts';
import { hashPassword } from '../../identity/password-hash.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import { builtInRoles, DEFAULT_DOMAIN } from '../../objects/identity.ts';
import { type BootstrapUser, bootstrapUsers, type Credentials } from './credentials.ts';

/** The roles of the first users, each in the project of the same name. */
const rolesOf: Readonly<Record<BootstrapUser, readonly string[]>> = {
  admin: ['admin', 'manager', 'member', 'reader'],
  demo: ['member', 'reader'],
};

type Hashes = Readonly<Record<BootstrapUser, string>>;

/**
 * Creates the domain and roles and, in a new cloud, the first projects and users in one transaction. Once there are users, the operator
 * decides: a user that was deleted or a role that was revoked does not come back with the next start.
 */
export async function bootstrapIdentity(db: CloudDb, ids: Ids, { passwords, isNew }: Credentials): Promise<void> {
  await ensureDomain(db, { id: DEFAULT_DOMAIN, name: 'Default' });
  for (const name of builtInRoles) await createRole(db, { id: newId(ids), name });
  const isNewCloud = !(await hasUsers(db));
  if (!isNewCloud && !isNew) return;
  const hashes = { admin: await hashPassword(passwords.admin), demo: await hashPassword(passwords.demo) };
  // Otherwise a new state directory on an old database would hand out passwords that the database does not accept.
  await (isNewCloud ? transaction(db, (trx) => createUsers(trx, ids, hashes)) : renewPasswords(db, hashes));
}

async function createUsers(db: CloudDb, ids: Ids, hashes: Hashes): Promise<void> {
  for (const name of bootstrapUsers) {
    const projectId = await createProject(db, { id: newId(ids), domainId: DEFAULT_DOMAIN, name });
    const user = { id: newId(ids), domainId: DEFAULT_DOMAIN, name, passwordHash: hashes[name], defaultProjectId: projectId };
    const { id: userId } = await createUser(db, user);
    for (const role of rolesOf[name]) await grantRole(db, { userId, projectId, role });
  }
}

async function renewPasswords(db: CloudDb, hashes: Hashes): Promise<void> {
  for (const name of bootstrapUsers) {
    const user = await findCredentials(db, { name, domain: { id: DEFAULT_DOMAIN } });
    if (user) await setPassword(db, user.id, hashes[name]);
  }
}

const ID_BYTES = 16;
const newId = (ids: Ids): string => ids.hex(ID_BYTES);
