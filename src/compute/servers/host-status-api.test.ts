import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { insertServer } from '../../../test/support/insert-server.ts';
import { sampleServer } from '../../../test/support/sample-server.ts';
import { seededIds } from '../../lib/clock/ids.ts';
import type { Context } from '../../lib/context/context.ts';
import type { HostName } from '../../objects/ids.ts';
import { asId } from '../../objects/ids.ts';
import type { Server } from '../../objects/server.ts';
import { systemClock } from '../../lib/clock/clock.ts';
import { silentLog } from '../../lib/log/log.ts';
import { ServiceGroup } from '../../servicegroup/api.ts';
import { dbServiceGroup } from '../../servicegroup/drivers/db.ts';
import { novaPolicy } from '../../policy/policy.ts';
import { HostStatusApi } from './host-status-api.ts';

const STATUS = 'os_compute_api:servers:show:host_status';
const user: Context = { requestId: 'r', userId: 'u', projectId: 'p', roles: ['reader'], isAdmin: false };

let database: TestDatabase;
let servers: readonly Server[];
beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  const ids = seededIds();
  await db
    .insertInto('services')
    .values(['heard', 'silent'].map((host) => ({ id: ids.uuid(), host, binary: 'nova-compute', zone: 'nova' })))
    .execute();
  await sql`UPDATE services SET seen_at = now() - interval '1 hour' WHERE host = 'silent'`.execute(db);
  const server = await db.transaction().execute((trx) => insertServer(trx, sampleServer({}), 'w-1'));
  servers = ['heard', 'silent'].map((host) => ({ ...server, host: asId<HostName>(host) }));
});
afterAll(() => database?.drop());

/** The statuses of both servers' hosts that a caller sees under these rules. */
async function told(rules: Readonly<Record<string, string>>) {
  const records = dbServiceGroup(database.db, seededIds(), 'nova');
  const group = new ServiceGroup(records, { reportIntervalMs: 10_000, downAfterSeconds: 60 }, { clock: systemClock, log: silentLog });
  const api = new HostStatusApi({ db: database.db, policy: novaPolicy(rules), group });
  return (await api.during(user, 'both', async () => servers)).map((server) => server.hostStatus);
}

test('policy decides who sees the status of hosts, or only that it is UNKNOWN', async () => {
  expect(await told({})).toEqual([undefined, undefined]);
  expect(await told({ [STATUS]: '' })).toEqual(['UP', 'UNKNOWN']);
  expect(await told({ [`${STATUS}:unknown-only`]: '' })).toEqual([undefined, 'UNKNOWN']);
});
