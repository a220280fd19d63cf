import { transaction } from '../../db/sql/retry.ts';
import { createProject, createRole, createUser, ensureDomain, grantRole, hasUsers, setPassword } from '../../db/stores/identity/admin.ts';
import { findCredentials } from '../../db/stores/identity/identity.ts';
import type { CloudDb } from '../../db/sql/queries.ts';
import { hashPassword } from '../../identity/password-hash.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import { builtInRoles, DEFAULT_DOMAIN } from '../../objects/identity.ts';
import { type BootstrapUser, bootstrapUsers, type Credentials } from './credentials.ts';

/** What the first users may, each in the project of their own name. */
const rolesOf: Readonly<Record<BootstrapUser, readonly string[]>> = {
  admin: ['admin', 'manager', 'member', 'reader'],
  demo: ['member', 'reader'],
};

type Hashes = Readonly<Record<BootstrapUser, string>>;

/**
 * Domain, roles, and in a new cloud the first projects and users, all or none of them. Once there are users, who is there and what they may is
 * the operator's business: whoever was deleted, and whatever role was taken away, does not come back with the next start.
 */
export async function bootstrapIdentity(db: CloudDb, ids: Ids, { passwords, isNew }: Credentials): Promise<void> {
  await ensureDomain(db, { id: DEFAULT_DOMAIN, name: 'Default' });
  for (const name of builtInRoles) await createRole(db, { id: newId(ids), name });
  const isNewCloud = !(await hasUsers(db));
  if (!isNewCloud && !isNew) return;
  const hashes = { admin: await hashPassword(passwords.admin), demo: await hashPassword(passwords.demo) };
  // A state directory that is new to an old database would otherwise hand out passwords that nobody accepts.
  await (isNewCloud ? transaction(db, (trx) => makePeople(trx, ids, hashes)) : renewPasswords(db, hashes));
}

async function makePeople(db: CloudDb, ids: Ids, hashes: Hashes): Promise<void> {
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
