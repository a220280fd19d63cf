/** Usage and hosts over HTTP, on a bare database. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { insertServer } from '../../../test/support/insert-server.ts';
import { openOperatorFace, type OperatorFace } from '../../../test/support/operator-face.ts';
import { sampleServer } from '../../../test/support/sample-server.ts';
import { beat } from '../../db/stores/hosts/services.ts';
import { auditsOf, forgetAudits } from '../../db/stores/hosts/usage-audits.ts';
import { systemIds } from '../../lib/clock/ids.ts';
import { novaPolicy } from '../../policy/policy.ts';
import { UsageApi } from './usage-api.ts';
import { auditUsage } from './usage-audit.ts';

let database: TestDatabase;
let face: OperatorFace;
const at = (hour: number) => new Date(Date.UTC(2026, 0, 1, hour));
/** The beginning of the month before the first of those hours. */
const MONTH = new Date(Date.UTC(2025, 11, 1));
const DAY = 'start=2026-01-01T02:00:00&end=2026-01-01 12:00:00.0';

beforeAll(async () => {
  database = await createTestDatabase();
  face = await openOperatorFace(database);
  await beat(database.db, [{ id: systemIds.uuid(), binary: 'nova-compute', host: 'one', zone: 'nova' }]);
  const lives = [
    { projectId: 'a0', launchedAt: at(0), terminatedAt: null },
    { projectId: 'd0', launchedAt: at(4), terminatedAt: at(6) },
    { projectId: 'd0', launchedAt: at(10), terminatedAt: null },
    { projectId: 'd0', launchedAt: at(0), terminatedAt: at(1) },
    { projectId: 'd0', launchedAt: at(13), terminatedAt: null },
  ];
  for (const { projectId, launchedAt, terminatedAt } of lives) {
    const { id } = await database.db
      .transaction()
      .execute((trx) => insertServer(trx, sampleServer({ projectId, id: systemIds.uuid() as never }), 'w'));
    await database.db.updateTable('servers').set({ launched_at: launchedAt, terminated_at: terminatedAt }).where('id', '=', id).execute();
  }
});
afterAll(async () => {
  await face?.close();
  await database?.drop();
});

test('usage is the time that servers ran in the window, deleted ones included', async () => {
  const { body } = await face.ask('GET', `/os-simple-tenant-usage?${DAY}`);
  expect(
    body.tenant_usages.map((one: Record<string, unknown>) => [one['tenant_id'], one['total_hours'], one['start'], one['stop']]),
  ).toEqual([
    ['a0', 10, '2026-01-01T02:00:00.000000', '2026-01-01T12:00:00.000000'],
    ['d0', 4, '2026-01-01T02:00:00.000000', '2026-01-01T12:00:00.000000'],
  ]);
  const { body: own } = await face.ask('GET', `/os-simple-tenant-usage/d0?${DAY}`, { as: 'demo' });
  expect(own.tenant_usage.server_usages).toHaveLength(2);
  expect(own.tenant_usage.server_usages.find((one: { ended_at: unknown }) => one.ended_at !== null)).toMatchObject({
    hours: 2,
    uptime: 7200,
    state: 'terminated',
    started_at: '2026-01-01T04:00:00.000000',
  });
  expect((await face.ask('GET', `/os-simple-tenant-usage/e0?${DAY}`)).body).toEqual({ tenant_usage: {} });
});

test('usage comes in pages of servers since 2.40', async () => {
  const first = await face.ask('GET', `/os-simple-tenant-usage?${DAY}&limit=1&detailed=1`, { at: '2.40' });
  expect(first.body.tenant_usages.map((one: { tenant_id: string }) => one.tenant_id)).toEqual(['a0']);
  const marker = first.body.tenant_usages[0].server_usages[0].instance_id;
  expect(first.body.tenant_usages_links).toEqual([{ rel: 'next', href: expect.stringContaining(`marker=${marker}`) }]);
  const rest = await face.ask('GET', `/os-simple-tenant-usage?${DAY}&marker=${marker}`, { at: '2.40' });
  expect(rest.body.tenant_usages.map((one: { tenant_id: string }) => one.tenant_id)).toEqual(['d0']);
  expect(rest.body).not.toHaveProperty('tenant_usages_links');
  expect((await face.ask('GET', `/os-simple-tenant-usage?${DAY}&marker=nothing`, { at: '2.40' })).status).toBe(400);
});

test('bad times are refused, and others have no right to see usage', async () => {
  for (const query of ['start=2026-01-02T00:00:00&end=2026-01-01T00:00:00', 'start=yesterday'])
    expect((await face.ask('GET', `/os-simple-tenant-usage?${query}`)).status).toBe(400);
  expect((await face.ask('GET', '/os-simple-tenant-usage')).status).toBe(200);
  expect((await face.ask('GET', '/os-simple-tenant-usage', { as: 'demo' })).status).toBe(403);
  expect((await face.ask('GET', '/os-simple-tenant-usage/a0', { as: 'demo' })).status).toBe(403);
});

test('hosts are listed by zone, disabled and enabled, and not powered, until the version that dropped them', async () => {
  const listed = async (query = '') => (await face.ask('GET', `/os-hosts${query}`)).body.hosts;
  const one = { host_name: 'one', service: 'compute', zone: 'nova' };
  expect([await listed(), await listed('?zone=nova'), await listed('?zone=x'), await listed('?zone=')]).toEqual([[one], [one], [], [one]]);
  expect((await face.ask('PUT', '/os-hosts/one', { body: { status: 'Disable' } })).body).toEqual({ host: 'one', status: 'disabled' });
  expect(await listed()).toEqual([]);
  expect((await face.ask('PUT', '/os-hosts/one', { body: { status: 'enable', maintenance_mode: 'enable' } })).status).toBe(501);
  expect((await face.ask('PUT', '/os-hosts/one', { body: {} })).status).toBe(400);
  expect((await face.ask('PUT', '/os-hosts/two', { body: { status: 'enable' } })).status).toBe(404);
  for (const what of ['startup', 'shutdown', 'reboot'])
    expect([
      (await face.ask('GET', `/os-hosts/one/${what}`)).status,
      (await face.ask('GET', `/os-hosts/two/${what}`)).status,
      (await face.ask('GET', `/os-hosts/one/${what}`, { as: 'demo' })).status,
      (await face.ask('GET', `/os-hosts/one/${what}`, { at: '2.43' })).status,
    ]).toEqual([501, 404, 403, 404]);
});

test('an audit tells the servers that ran on a host in the period, once', async () => {
  const { db } = database;
  await db.updateTable('servers').set({ host: 'one' }).where('launched_at', 'is not', null).execute();
  const auditing = { unit: 'hour', offset: 0 } as const;
  // In the hour from 4 to 5 the first two ran.
  const deps = { db, ids: systemIds, clock: { now: () => new Date(at(5).getTime() + 60_000) } };
  await Promise.all([auditUsage(deps, auditing), auditUsage(deps, auditing)]);
  await auditUsage(deps, auditing);
  const told = await db.selectFrom('events').select(['payload']).where('type', '=', 'server.exists').orderBy('seq').execute();
  const period = { begin: at(4).toISOString(), end: at(5).toISOString() };
  expect(told.map(({ payload }) => payload)).toMatchObject([
    { launchedAt: at(0).toISOString(), period },
    { launchedAt: at(4).toISOString(), period },
  ]);
  const usage = new UsageApi({ db, policy: novaPolicy(), clock: deps.clock, auditing });
  const ctx = { requestId: 'req-1', userId: 'admin', projectId: 'a0', roles: ['admin'], isAdmin: true };
  expect(await usage.audit(ctx, 'list')).toMatchObject({ begin: at(4), hosts: ['one'], done: [{ host: 'one', servers: 2 }] });
  await db
    .insertInto('usage_audits')
    .values({ host: 'one', period_begin: MONTH, period_end: at(0), servers: 3 })
    .execute();
  const { body } = await face.ask('GET', '/os-instance_usage_audit_log/2026-01-02%2010:00:00');
  expect(body.instance_usage_audit_log).toMatchObject({
    hosts_not_run: [],
    log: { one: { state: 'DONE', instances: 3, errors: 0, message: 'Instance usage audit ran for host one, 3 instances.' } },
    num_hosts_done: 1,
    num_hosts_not_run: 0,
    overall_status: 'ALL hosts done. 0 errors.',
    total_instances: 3,
  });
});

test('old audits are forgotten, but never those of the last period', async () => {
  const { db } = database;
  const later = new Date(Date.now() + 60_000);
  expect(await forgetAudits(db, { before: at(0), limit: 10 })).toBe(0);
  expect(await forgetAudits(db, { before: later, limit: 10 })).toBe(1);
  expect(await auditsOf(db, { begin: at(4), end: at(5) })).toHaveLength(1);
});

test('a month that nobody audited has no host that did', async () => {
  const { body } = await face.ask('GET', '/os-instance_usage_audit_log/2012-07-05%2010:00:00.0');
  expect(body.instance_usage_audit_log).toMatchObject({
    hosts_not_run: ['one'],
    num_hosts: 1,
    overall_status: '0 of 1 hosts done. 0 errors.',
    period_beginning: '2012-06-01 00:00:00',
    period_ending: '2012-07-01 00:00:00',
  });
  expect((await face.ask('GET', '/os-instance_usage_audit_log/2012-07-05%2010:00:00')).status).toBe(200);
  expect((await face.ask('GET', '/os-instance_usage_audit_log/yesterday')).status).toBe(400);
  expect((await face.ask('GET', '/os-instance_usage_audit_log/yesterday', { as: 'demo' })).status).toBe(403);
});
