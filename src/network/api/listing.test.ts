import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { listFields } from './list-fields.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

test.each([
  ['networks', 'networks'],
  ['subnets', 'subnets'],
  ['ports', 'ports'],
  ['groups', 'security_groups'],
  ['rules', 'security_group_rules'],
] as const)('every field that filters %s has its column', async (kind, table) => {
  const tables = await database.db.introspection.getTables();
  const columns = tables.find(({ name }) => name === table)?.columns.map(({ name }) => name);
  expect(columns).toEqual(expect.arrayContaining(Object.values(listFields[kind].columns)));
});
