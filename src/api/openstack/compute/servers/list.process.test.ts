import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database.ts';
import { sampleFlavor, sampleServer } from '../../../../../test/support/sample-server.ts';
import { SimulatedCloud } from '../../../../../test/support/simulated-cloud.ts';
import { openFace, type SimulatedFace } from '../../../../../test/support/simulated-face.ts';
import { insertServer } from '../../../../../test/support/insert-server.ts';
import type { NewServer } from '../../../../db/stores/servers/servers.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;
let face: SimulatedFace;

beforeAll(async () => {
  database = await createTestDatabase();
  cloud = new SimulatedCloud(database, { maxAttempts: 1 });
  await cloud.start('host-1', 'host-2');
  face = await openFace(cloud);
});
beforeEach(() => database.db.deleteFrom('servers').execute());
afterAll(async () => {
  await face?.close();
  await cloud?.stop();
  await database?.drop();
});

/** A server of demo's, active on host-1 unless told otherwise. */
async function store(name: string, more: Partial<NewServer> = {}, state: { vm?: string; host?: string; locked?: boolean } = {}) {
  const { id } = await database.db.transaction().execute((trx) => insertServer(trx, sampleServer({ name, projectId: 'd0', ...more }), 'w'));
  const { vm = 'active', host = 'host-1', locked = false } = state;
  await sql`UPDATE servers SET vm_state = ${vm}, task_state = NULL, workflow_id = NULL, host = ${host}, locked_by = ${locked ? 'owner' : null}
    WHERE id = ${id}`.execute(database.db);
  return id;
}

type As = 'demo' | 'admin' | 'other';
const list = (query: string, at = '2.1', as: As = 'demo') => face.ask('GET', `/servers${query}`, { at, as });
const names = async (query: string, at?: string, as?: As): Promise<string[] | number> => {
  const { status, body } = await list(query, at, as);
  return status === 200 ? body.servers.map(({ name }: { name: string }) => name).sort() : status;
};

describe('a filter', () => {
  beforeEach(async () => {
    await store('a', { tags: ['red', 'blue'], keyName: 'mine', hostname: 'ha' });
    await store('b', { tags: ['blue'], flavor: { ...sampleFlavor, id: '7' }, userId: 'u7' }, { vm: 'stopped', host: 'host-2' });
    await store('c', { reservationId: 'r-c', configDrive: true }, { locked: true });
    await store('gone', {}, { vm: 'deleted' });
    await store('theirs', { projectId: 'e0' });
  });

  test.each<[string, string, As, string[] | number]>([
    ['', '2.1', 'demo', ['a', 'b', 'c']],
    ['?name=^[ab]$', '2.1', 'demo', ['a', 'b']],
    ['?name=[', '2.1', 'demo', 400],
    ['?status=active', '2.1', 'demo', ['a', 'c']],
    ['?status=ACTIVE&status=SHUTOFF', '2.1', 'demo', ['a', 'b', 'c']],
    ['?status=nonsense', '2.37', 'demo', []],
    ['?status=nonsense', '2.38', 'demo', 400],
    ['?status=nonsense&status=shutoff', '2.38', 'demo', ['b']],
    ['?status=MIGRATING', '2.38', 'demo', []],
    ['?status=deleted', '2.1', 'demo', 403],
    ['?status=deleted', '2.1', 'admin', []],
    ['?status=deleted&all_tenants=1', '2.1', 'admin', ['gone']],
    ['?flavor=7', '2.1', 'demo', ['b']],
    ['?flavor=http://x/flavors/7', '2.1', 'demo', ['b']],
    ['?flavor=[', '2.1', 'demo', 400],
    ['?config_drive=[', '2.1', 'demo', 400],
    ['?reservation_id=r-c', '2.1', 'demo', ['c']],
    ['?host=host-2', '2.1', 'demo', ['a', 'b', 'c']],
    ['?host=host-2&all_tenants=1', '2.1', 'admin', ['b']],
    ['?hostname=^ha$&all_tenants', '2.1', 'admin', ['a']],
    ['?vm_state=stopped', '2.82', 'demo', ['a', 'b', 'c']],
    ['?vm_state=stopped', '2.83', 'demo', ['b']],
    ['?key_name=mine', '2.83', 'demo', ['a']],
    ['?user_id=u7', '2.83', 'demo', ['b']],
    ['?config_drive=true', '2.83', 'demo', ['c']],
    ['?created_at=^20', '2.83', 'demo', ['a', 'b', 'c']],
    ['?created_at=^2001-01-01T00:00', '2.83', 'demo', []],
    ['?tags=red', '2.25', 'demo', ['a', 'b', 'c']],
    ['?tags=red,blue', '2.26', 'demo', ['a']],
    ['?tags-any=red,blue', '2.26', 'demo', ['a', 'b']],
    ['?not-tags=red,blue', '2.26', 'demo', ['b', 'c']],
    ['?not-tags-any=red,blue', '2.26', 'demo', ['c']],
    ['?locked=true', '2.72', 'demo', ['a', 'b', 'c']],
    ['?locked=true', '2.73', 'demo', ['c']],
    ['?locked=perhaps', '2.73', 'demo', 400],
    ['?nonsense=1', '2.74', 'demo', ['a', 'b', 'c']],
    ['?nonsense=1', '2.75', 'demo', 400],
    ['?_nonsense=1', '2.75', 'demo', ['a', 'b', 'c']],
    ['?deleted=true', '2.1', 'demo', ['a', 'b', 'c']],
    ['?deleted=true&all_tenants=1', '2.1', 'admin', ['gone']],
    ['?all_tenants=1', '2.1', 'demo', 403],
    ['?all_tenants=0', '2.1', 'demo', ['a', 'b', 'c']],
    ['?all_tenants=perhaps', '2.1', 'demo', 400],
    ['?all_tenants', '2.1', 'admin', ['a', 'b', 'c', 'theirs']],
    ['?tenant_id=e0', '2.1', 'admin', []],
    ['?tenant_id=e0&all_tenants=1', '2.1', 'admin', ['theirs']],
    ['?tenant_id=e0', '2.1', 'demo', ['a', 'b', 'c']],
    ['?project_id=e0', '2.1', 'admin', []],
    ['?project_id=e0&all_tenants=1', '2.1', 'admin', ['theirs']],
    ['?changes-since=2001-01-01T00:00:00Z', '2.1', 'demo', ['a', 'b', 'c', 'gone']],
    ['?changes-since=2001-01-01', '2.1', 'demo', ['a', 'b', 'c', 'gone']],
    ['?changes-since=yesterday', '2.1', 'demo', 400],
    ['?changes-since=2026-01-01T77:00:00', '2.1', 'demo', 400],
    ['?changes-before=2001-01-01', '2.65', 'demo', ['a', 'b', 'c']],
    ['?changes-before=2001-01-01', '2.66', 'demo', []],
    ['?changes-before=2001-01-01&changes-since=2002-01-01', '2.66', 'demo', 400],
    ['?limit=-1', '2.1', 'demo', 400],
    ['?limit=0', '2.1', 'demo', []],
    ['?marker=nobody', '2.1', 'demo', 400],
    ['?sort_key=nonsense', '2.1', 'demo', 400],
    ['?sort_key=vcpus', '2.74', 'demo', ['a', 'b', 'c']],
    ['?sort_key=vcpus', '2.75', 'demo', 400],
    ['?sort_key=locked', '2.73', 'demo', ['a', 'b', 'c']],
    ['?sort_key=host', '2.1', 'demo', 403],
    ['?sort_key=host&all_tenants=1', '2.1', 'admin', ['a', 'b', 'c', 'theirs']],
    ['?sort_key=uuid&sort_dir=sideways', '2.1', 'demo', 400],
    ['?sort_key=uuid&sort_dir=asc&sort_dir=asc', '2.1', 'demo', 400],
  ])('%s at %s as %s finds %j', async (query, at, as, found) => {
    expect(await names(query, at, as)).toEqual(found);
  });

  test('a query under /v2 forgets what it does not know', async () => {
    const { status, body } = await face.ask('GET', '/v2/servers?nonsense=1&name=^a$', { at: '2.75' });
    expect([status, body.servers.length]).toEqual([200, 1]);
  });
});

test('pages follow their links, in the order that was asked for', async () => {
  for (const name of ['d', 'b', 'a', 'c', 'e']) await store(name);
  const seen: string[] = [];
  let url: string | undefined = '/servers?limit=2&sort_key=display_name&sort_dir=asc';
  while (url !== undefined) {
    const { body } = await face.ask('GET', url);
    seen.push(...body.servers.map(({ name }: { name: string }) => name));
    const next: string | undefined = body.servers_links?.[0].href;
    url = next && new URL(next).pathname + new URL(next).search;
  }
  expect(seen).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('the status of hosts is told in the list to admins', async () => {
  await store('up');
  await store('unknown', {}, { host: 'never-heard-of' });
  await sql`UPDATE services SET disabled = true WHERE host = 'host-2'`.execute(database.db);
  await store('disabled', {}, { host: 'host-2' });
  const { body } = await face.ask('GET', '/servers/detail?all_tenants=1', { as: 'admin', at: '2.16' });
  const statuses = Object.fromEntries(
    body.servers.map((server: { name: string; host_status: string }) => [server.name, server.host_status]),
  );
  expect(statuses).toEqual({ up: 'UP', unknown: '', disabled: 'MAINTENANCE' });
});
