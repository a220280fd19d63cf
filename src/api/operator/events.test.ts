import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultRules } from '../../../test/support/scheduling-rules.ts';
import { SchedulerApi } from '../../scheduler/api.ts';
import { ask } from '../../../test/support/ask.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { sampleFlavor } from '../../../test/support/sample-server.ts';
import { change } from '../../db/change.ts';
import { endOfEvents, readEvents } from '../../db/stores/cloud/event-feed.ts';
import { flavorCreate } from '../../events/compute.ts';
import { systemClock } from '../../lib/clock/clock.ts';
import { systemIds } from '../../lib/clock/ids.ts';
import { serviceContext } from '../../lib/context/context.ts';
import { createHttpServer, type HttpServer } from '../../lib/http/http-server.ts';
import { silentLog } from '../../lib/log/log.ts';
import { gateOf, novaPolicy } from '../../policy/policy.ts';
import { mountOperator } from './mount-operator.ts';

let database: TestDatabase;
let server: HttpServer;
let origin: string;
beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  server = createHttpServer({ log: silentLog, clock: systemClock, ids: systemIds });
  mountOperator(server, {
    deps: {
      hopsOf: async () => [],
      events: { read: (after, limit) => readEvents(db, after, limit), now: () => endOfEvents(db) },
      placement: new SchedulerApi({ db, rules: defaultRules, downAfterSeconds: 60 }),
      services: { list: async () => [] },
    },
    policy: gateOf(novaPolicy()),
    log: silentLog,
    authenticate: async (token, { requestId }) => {
      return { requestId, userId: token, projectId: 'p', roles: [token], isAdmin: token === 'admin' };
    },
  });
  origin = (await server.listen({ host: '127.0.0.1', port: 0 })).url;
});
afterAll(async () => {
  await server?.close();
  await database?.drop();
});

const get = (query: string, token = 'admin') => ask(`${origin}/events${query}`, 'GET', undefined, { 'x-auth-token': token });

const tell = (...ids: readonly string[]) =>
  change(serviceContext('req-1'), { db: database.db, what: 'flavor.create' }, async ({ tell: append }) => {
    for (const id of ids) append(flavorCreate({ ...sampleFlavor, id }));
  });

test('an admin follows the log from answer to answer, from the beginning or from now on', async () => {
  await tell('a', 'b', 'c');
  // Open transactions of other tests, even in other databases of the same server, delay the feed.
  await expect.poll(async () => (await get('')).body.events.length, { timeout: 15_000 }).toBe(3);
  const first = (await get('?limit=2')).body;
  expect(first.events).toMatchObject([
    { type: 'flavor.create', subject: 'a', project_id: null, request_id: 'req-1', payload: { id: 'a', vcpus: sampleFlavor.vcpus } },
    { subject: 'b' },
  ]);
  expect(first.events[1].position).toBe(first.next);
  expect(first.events[1].sequence).toBeGreaterThan(first.events[0].sequence);
  const second = (await get(`?limit=2&after=${first.next}`)).body;
  expect(second.events).toMatchObject([{ subject: 'c' }]);
  expect((await get(`?after=${second.next}`)).body).toEqual({ events: [], next: second.next });

  const { next } = (await get('?after=now')).body;
  await tell('d');
  await expect.poll(async () => (await get(`?after=${next}`)).body.events, { timeout: 15_000 }).toMatchObject([{ subject: 'd' }]);
});

test.each(['?after=', '?after=1', '?after=1.2.x', '?after=1.2.3.4', '?limit=0', '?limit=x', '?since=1'])('%s is refused', async (query) => {
  expect((await get(query)).status).toBe(400);
});

test('nobody else may', async () => {
  expect((await get('', 'member')).status).toBe(403);
  expect((await ask(`${origin}/events`, 'GET')).status).toBe(401);
});
