import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { expressions } from '../../db/stores/network/pages.ts';
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
  ['routers', 'routers'],
  ['floatingIps', 'floating_ips'],
  ['addressScopes', 'address_scopes'],
  ['subnetPools', 'subnet_pools'],
  ['rbacPolicies', 'rbac_policies'],
  ['portForwardings', 'port_forwardings'],
  ['qosPolicies', 'qos_policies'],
] as const)('every field that filters %s has its column', async (kind, table) => {
  const tables = await database.db.introspection.getTables();
  const columns = tables.find(({ name }) => name === table)?.columns.map(({ name }) => name);
  const all = [...(columns ?? []), ...Object.keys(expressions[table] ?? {})];
  expect(all).toEqual(expect.arrayContaining(Object.values(listFields[kind].columns)));
});
