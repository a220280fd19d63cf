/** What is deleted with a project, a user or a domain, in the tables of every service. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask as askUrl } from '../../../../test/support/ask.ts';
import { rowInvariants } from '../../../books/invariants/index.ts';
import { references } from '../../../db/stores/identity/references.ts';
import { type StartedIdentity, startIdentity } from './fixture/start.ts';

let identity: StartedIdentity;
let token: string;

beforeAll(async () => {
  identity = await startIdentity();
  const user = { name: 'admin', domain: { id: 'default' }, password: 'admin' };
  const auth = { identity: { methods: ['password'], password: { user } } };
  token = (await askUrl(`${identity.origin}/v3/auth/tokens`, 'POST', { auth })).headers.get('x-subject-token') ?? '';
});
afterAll(() => identity?.stop());

async function ask(method: string, path: string, body?: object) {
  const answer = await askUrl(`${identity.origin}/v3${path}`, method, body, { 'x-auth-token': token });
  expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBeLessThan(300);
  return answer.body;
}

const IMAGE = '00000000-0000-4000-8000-000000000001';

/** Adds rows of every service that reference a project and a user. */
async function addRows({ project, user }: { readonly project: string; readonly user: string }): Promise<void> {
  const { db } = identity;
  await sql`INSERT INTO keypairs (user_id, name, type, fingerprint, public_key) VALUES (${user}, 'k', 'ssh', 'f', 'p')`.execute(db);
  await sql`INSERT INTO flavors (id, name, vcpus, ram_mb, root_gb, ephemeral_gb, swap_mb, rxtx_factor, is_public, disabled, extra_specs)
    VALUES ('f', 'f', 1, 1, 1, 0, 0, 1, false, false, '{}') ON CONFLICT DO NOTHING`.execute(db);
  await sql`INSERT INTO flavor_projects (flavor_id, project_id) VALUES ('f', ${project})`.execute(db);
  await sql`INSERT INTO quota_limits (project_id, user_id, resource, hard_limit)
    VALUES (${project}, NULL, 'cores', 3), ('project-demo', ${user}, 'cores', 2)`.execute(db);
  await sql`INSERT INTO network_quotas (project_id, resource, hard_limit) VALUES (${project}, 'port', 3)`.execute(db);
  await sql`INSERT INTO images (id, owner, visibility, status, protected, hidden, min_disk_gb, min_ram_mb, tags, properties)
    VALUES (${IMAGE}, 'project-demo', 'shared', 'queued', false, false, 0, 0, '[]', '{}') ON CONFLICT DO NOTHING`.execute(db);
  await sql`INSERT INTO image_members (image_id, member, status) VALUES (${IMAGE}, ${project}, 'accepted')`.execute(db);
  await sql`INSERT INTO server_groups (id, project_id, user_id, name, policy)
    VALUES (gen_random_uuid(), ${project}, ${user}, 'g', 'affinity')`.execute(db);
  await ask('PUT', `/projects/${project}/users/${user}/roles/role-member`);
  await ask('PUT', `/domains/default/users/${user}/roles/role-member`);
  await ask('POST', `/users/${user}/credentials/OS-EC2`, { tenant_id: project });
}

/** The number of rows that reference any of the ids, by table and column. */
async function rowsReferencing(ids: readonly string[]): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (const { table, column } of references) {
    const { rows } = await sql<{ n: number }>`
      SELECT count(*)::int AS n FROM ${sql.table(table)} WHERE ${sql.ref(column)} = ANY(${[...ids]})`.execute(identity.db);
    if (rows[0]?.n) counts[`${table}.${column}`] = rows[0].n;
  }
  return counts;
}

const breaches = async () => (await Promise.all(rowInvariants.map(({ find }) => find(identity.db)))).flat();

// Fault 2026-11 B1.
test.each(['project and user', 'domain'])(
  'deleting a %s deletes all rows that reference it, in the tables of every service',
  async (what) => {
    const { domain } = await ask('POST', '/domains', { domain: { name: `of ${what}` } });
    const within = { name: `in ${what}`, domain_id: domain.id };
    const { project } = await ask('POST', '/projects', { project: within });
    const { user } = await ask('POST', '/users', { user: { ...within, default_project_id: project.id } });
    const stays = await ask('POST', '/users', { user: { name: `beside ${what}`, default_project_id: project.id } });
    const ids = [domain.id, project.id, user.id];
    await addRows({ project: project.id, user: user.id });
    await ask('PUT', `/domains/${domain.id}/users/user-demo/roles/role-member`);
    const named = references.filter(({ to }) => to !== 'roles').map(({ table, column }) => `${table}.${column}`);
    expect(Object.keys(await rowsReferencing(ids)).sort()).toEqual(named.sort());
    if (what !== 'domain') {
      await ask('DELETE', `/users/${user.id}`);
      await ask('DELETE', `/projects/${project.id}`);
    }
    await ask('PATCH', `/domains/${domain.id}`, { domain: { enabled: false } });
    await ask('DELETE', `/domains/${domain.id}`);
    expect(await rowsReferencing(ids)).toEqual({});
    expect(await breaches()).toEqual([]);
    expect((await ask('GET', `/users/${stays.user.id}`)).user.default_project_id).toBeUndefined();
  },
);
