import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { identityVersion } from './identity-version.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

/** A change of each kind of row that decides what a token means, in an order in which they can be made. */
const CHANGES = [
  `INSERT INTO domains (id, name, description, enabled) VALUES ('d', 'd', '', true)`,
  `INSERT INTO projects (id, domain_id, name, description, enabled) VALUES ('p', 'd', 'p', '', true)`,
  `INSERT INTO users (id, domain_id, name, enabled) VALUES ('u', 'd', 'u', true)`,
  `INSERT INTO roles (id, name) VALUES ('r', 'r')`,
  `INSERT INTO role_assignments (user_id, project_id, role_id) VALUES ('u', 'p', 'r')`,
  `INSERT INTO domain_role_assignments (user_id, domain_id, role_id) VALUES ('u', 'd', 'r')`,
  `INSERT INTO revoked_tokens (audit_id, expires_at) VALUES ('a', now())`,
  `UPDATE users SET generation = generation + 1 WHERE id = 'u'`,
  `UPDATE projects SET enabled = false WHERE id = 'p'`,
  `DELETE FROM domain_role_assignments`,
  `DELETE FROM role_assignments`,
  `DELETE FROM users WHERE id = 'u'`,
];

test('every change that may change what a token means has a version of its own; reading changes nothing', async () => {
  const { db } = database;
  const seen = [await identityVersion(db)];
  for (const change of CHANGES) {
    await sql.raw(change).execute(db);
    seen.push(await identityVersion(db));
    expect(await identityVersion(db)).toBe(seen.at(-1));
  }
  expect(new Set(seen).size).toBe(CHANGES.length + 1);
});

test('the version is raised by the commit: neither before it nor for what was rolled back', async () => {
  const { db } = database;
  const before = await identityVersion(db);
  await db.transaction().execute(async (trx) => {
    await sql`INSERT INTO roles (id, name) VALUES ('r2', 'r2'), ('r3', 'r3')`.execute(trx);
    expect(await identityVersion(db)).toBe(before);
    await sql`UPDATE roles SET name = 'r4' WHERE id = 'r3'`.execute(trx);
  });
  const after = await identityVersion(db);
  expect(after).not.toBe(before);
  const undone = db.transaction().execute(async (trx) => {
    await sql`DELETE FROM roles`.execute(trx);
    throw new Error('no');
  });
  await expect(undone).rejects.toThrow('no');
  expect(await identityVersion(db)).toBe(after);
});

test('transactions that change identity rows at one time wait for each other for their commits only', async () => {
  const { db } = database;
  const before = await identityVersion(db);
  const names = Array.from({ length: 20 }, (_, n) => `many-${n}`);
  await Promise.all(
    names.map((name) =>
      db.transaction().execute(async (trx) => {
        await sql`INSERT INTO roles (id, name) VALUES (${name}, ${name})`.execute(trx);
        await sql`UPDATE roles SET description = 'x' WHERE id = ${name}`.execute(trx);
      }),
    ),
  );
  const [from = 0, to = 0] = [before, await identityVersion(db)].map((version) => Number(version.split(' ')[0]));
  expect(to - from).toBe(names.length);
});
