import { createProject, createRole, createUser, ensureDomain, grantRole, setPassword } from '../../db/stores/identity-admin.ts';
import type { Queries } from '../../db/stores/queries.ts';
import { hashPassword } from '../../identity/password-hash.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import type { Credentials } from './credentials.ts';

/** The roles that policy knows. */
const roles = ['admin', 'manager', 'member', 'reader', 'service'] as const;

/** Who a new cloud knows, and what they may. */
const people = [
  { name: 'admin', project: 'admin', roles: ['admin', 'manager', 'member', 'reader'] },
  { name: 'demo', project: 'demo', roles: ['member', 'reader'] },
] as const;

/** Domain, projects, roles and users of a new cloud; what is there is left as it is, but for the passwords, which are those of the state directory. */
export async function bootstrapIdentity(db: Queries, ids: Ids, { passwords, isNew }: Credentials): Promise<void> {
  const domainId = 'default';
  await ensureDomain(db, { id: domainId, name: 'Default' });
  for (const name of roles) await createRole(db, { id: ids.hex(16), name });
  for (const person of people) {
    const projectId = await createProject(db, { id: ids.hex(16), domainId, name: person.project });
    const passwordHash = await hashPassword(passwords[person.name]);
    const user = await createUser(db, { id: ids.hex(16), domainId, name: person.name, passwordHash, defaultProjectId: projectId });
    // A state directory that is new to an old database would otherwise hand out passwords that nobody accepts.
    if (isNew && !user.created) await setPassword(db, user.id, passwordHash);
    for (const role of person.roles) await grantRole(db, { userId: user.id, projectId, role });
  }
}
