import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { listAssignments } from '../../db/stores/identity/grants.ts';
import { deleteUser } from '../../db/stores/identity/users.ts';
import { findCredentials } from '../../db/stores/identity/identity.ts';
import { passwordMatches } from '../../identity/password-hash.ts';
import { systemIds } from '../../lib/clock/ids.ts';
import { bootstrapIdentity } from './identity.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database?.drop();
});

const start = (password: string, isNew = false) =>
  bootstrapIdentity(database.db, systemIds, { passwords: { admin: password, demo: password }, isNew });

const grants = async () =>
  (await listAssignments(database.db, { limit: 100 })).map(
    ({ user, role, scope }) => `${user.name} ${role.name} ${'project' in scope ? scope.project.name : ''}`,
  );

const credentials = async (name: string) => {
  const found = await findCredentials(database.db, { name, domain: { id: 'default' } });
  return found && { ...found, knows: (password: string) => passwordMatches(password, found.passwordHash ?? '') };
};

test('a new cloud has its users, their projects and roles, once', async () => {
  await start('one', true);
  await start('two');
  expect(await grants()).toEqual([
    'admin admin admin',
    'admin manager admin',
    'admin member admin',
    'admin reader admin',
    'demo member demo',
    'demo reader demo',
  ]);
  expect(await (await credentials('demo'))?.knows('one')).toBe(true);
});

test('a new state directory sets new passwords, which ends all tokens', async () => {
  const before = await credentials('admin');
  await start('three', true);
  const after = await credentials('admin');
  expect(await after?.knows('three')).toBe(true);
  expect(after?.generation).toBe((before?.generation ?? 0) + 1);
});

test('deleted users and revoked roles do not come back', async () => {
  const demo = await credentials('demo');
  await database.db.transaction().execute((trx) => deleteUser(trx, demo?.id ?? ''));
  await database.db.deleteFrom('role_assignments').execute();
  await start('three');
  await start('four', true);
  expect([await credentials('demo'), await grants()]).toEqual([undefined, []]);
});
