import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { change } from '../../db/change.ts';
import { endOfEvents, readEvents } from '../../db/stores/cloud/event-feed.ts';
import { flavorCreate } from '../../events/compute.ts';
import type { NotificationRules } from '../../events/notifications/notification.ts';
import { systemClock } from '../../lib/clock/clock.ts';
import { systemIds } from '../../lib/clock/ids.ts';
import { silentLog } from '../../lib/log/log.ts';
import { MONTHLY } from '../../objects/audit-period.ts';
import { FIRST_POSITION } from '../../objects/event-position.ts';
import type { NotificationDriver, Outgoing } from '../../lib/notify/outgoing.ts';
import { sampleFlavor } from '../../../test/support/sample-server.ts';
import { NotificationPublisher, PAGE } from './publisher.ts';

const WAIT = { timeout: 30_000, interval: 50 };
const rules: NotificationRules = {
  formats: ['versioned'],
  stateChanges: undefined,
  level: 'INFO',
  auditing: MONTHLY,
  showsBlockDevices: false,
  showsShares: false,
  host: 'here',
  imageUrl: (id) => id,
};

let database: TestDatabase;
const running: (() => Promise<void>)[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await sql`TRUNCATE events, notification_cursors`.execute(database.db);
});
afterAll(() => database?.drop());

const ctx = { requestId: 'req-1', userId: 'admin', projectId: 'admins', roles: ['admin'], isAdmin: true };

/** Appends an event of a flavor. */
const tell = (id: string) =>
  change({ ...ctx, requestId: `req-${systemIds.uuid()}` }, { db: database.db, what: 'test' }, async ({ tell }) => {
    tell(flavorCreate({ ...sampleFlavor, id }));
    return null;
  });

/** A broker that remembers what it got; it fails while it is told to. */
function broker() {
  const got: Outgoing[] = [];
  const state = { fails: false, attempts: 0 };
  const driver: NotificationDriver = {
    send: async (messages) => {
      state.attempts += 1;
      if (state.fails) throw new Error('no broker');
      got.push(...messages);
    },
    close: async () => {},
  };
  const flavors = () =>
    got.map(({ message }) => (message.payload as { 'nova_object.data': { flavorid: string } })['nova_object.data'].flavorid);
  return { driver, state, got, flavors };
}

function publisher(holder: string, driver: NotificationDriver | readonly NotificationDriver[], retries = -1, clock = systemClock) {
  const stop = new AbortController();
  const topics = { versioned: ['versioned_notifications'], unversioned: ['notifications'] };
  const { db } = database;
  const ran = new NotificationPublisher({ db, clock, log: silentLog, holder, drivers: [driver].flat(), rules, topics, retries }).run(
    stop.signal,
  );
  const end = async () => {
    stop.abort(new Error('the test ends'));
    await ran;
  };
  running.push(end);
  return end;
}
const endAll = () => Promise.all(running.splice(0).map((end) => end()));

/** A publisher begins with what happens after its first start. */
const ready = () =>
  expect
    .poll(() => sql`SELECT FROM notification_cursors WHERE holder IS NOT NULL`.execute(database.db).then(({ rows }) => rows.length), WAIT)
    .toBe(1);

test('what happened before the first start is not published; all that follows is, once, by one of several', async () => {
  await tell('early');
  // The end of the log is before the oldest transaction of the server, which other tests share.
  await expect.poll(async () => (await readEvents(database.db, await endOfEvents(database.db), 1)).events.length, WAIT).toBe(0);
  await expect.poll(async () => (await readEvents(database.db, FIRST_POSITION, 1)).events.length, WAIT).toBe(1);
  const one = broker();
  const other = broker();
  publisher('one', one.driver);
  await ready();
  publisher('other', other.driver);
  const wanted = Array.from({ length: PAGE + 20 }, (_, number) => `flavor-${number}`);
  for (const id of wanted) await tell(id);
  await expect.poll(() => one.flavors(), WAIT).toEqual(wanted);
  expect(other.got).toEqual([]);
  expect(one.got[0]?.message).toMatchObject({ _context_user_id: 'admin', event_type: 'flavor.create', publisher_id: 'nova-api:here' });
  await endAll();
});

test('a publisher that stops hands over at once, one that dies when its time is over; nothing is lost', async () => {
  const [first, second, third] = [broker(), broker(), broker()];
  const end = publisher('first', first.driver);
  await ready();
  await tell('a');
  await expect.poll(() => first.flavors(), WAIT).toEqual(['a']);
  await end();
  await tell('b');
  publisher('second', second.driver);
  await expect.poll(() => second.flavors(), WAIT).toEqual(['b']);
  await endAll();
  // As if it had died with the cursor in its hands.
  await sql`UPDATE notification_cursors SET holder = 'dead', held_until = now() + interval '3 seconds'`.execute(database.db);
  await tell('c');
  publisher('third', third.driver);
  await expect.poll(() => third.flavors(), WAIT).toEqual(['c']);
  await endAll();
});

test('a page whose publisher died before it moved the cursor comes again, under the same ids', async () => {
  const [before, after] = [broker(), broker()];
  publisher('one', before.driver);
  await ready();
  const { rows } = await sql<{ position: string }>`SELECT position FROM notification_cursors`.execute(database.db);
  await tell('a');
  await expect.poll(() => before.flavors(), WAIT).toEqual(['a']);
  await endAll();
  await sql`UPDATE notification_cursors SET position = ${rows[0]?.position}`.execute(database.db);
  publisher('one', after.driver);
  await expect.poll(() => after.flavors(), WAIT).toEqual(['a']);
  expect(after.got[0]?.message.message_id).toBe(before.got[0]?.message.message_id);
  await endAll();
});

test('without a broker events wait; with a number of retries they are given up after it', async () => {
  const [patient, hasty] = [broker(), broker()];
  patient.state.fails = true;
  publisher('one', patient.driver);
  await ready();
  await tell('a');
  await expect.poll(() => patient.state.attempts, WAIT).toBeGreaterThan(1);
  patient.state.fails = false;
  await expect.poll(() => patient.flavors(), WAIT).toEqual(['a']);
  await endAll();
  hasty.state.fails = true;
  publisher('one', hasty.driver, 1);
  await tell('b');
  await expect.poll(() => hasty.state.attempts, WAIT).toBe(2);
  hasty.state.fails = false;
  await tell('c');
  await expect.poll(() => hasty.flavors(), WAIT).toEqual(['c']);
  await endAll();
});

test('a driver that fails keeps no message from those after it, which get none twice', async () => {
  const [broken, whole] = [broker(), broker()];
  broken.state.fails = true;
  publisher('one', [broken.driver, whole.driver], 2);
  await ready();
  await tell('a');
  await expect.poll(() => broken.state.attempts, WAIT).toBe(3);
  expect(whole.flavors()).toEqual(['a']);
  broken.state.fails = false;
  await tell('b');
  await expect.poll(() => broken.flavors(), WAIT).toEqual(['b']);
  await expect.poll(() => whole.flavors(), WAIT).toEqual(['a', 'b']);
  await endAll();
});

test('an outage of the database uses up no retries', async () => {
  const { driver, flavors } = broker();
  const send: NotificationDriver['send'] = vi.fn(driver.send).mockRejectedValueOnce(new Error('no broker'));
  const pauses: number[] = [];
  const sleep = async (ms: number, signal?: AbortSignal) => {
    pauses.push(ms);
    await systemClock.sleep(Math.min(ms, 50), signal);
  };
  await sql`ALTER TABLE notification_cursors RENAME TO away`.execute(database.db);
  publisher('one', { ...driver, send }, 1, { ...systemClock, sleep });
  await expect.poll(() => pauses.length, WAIT).toBeGreaterThan(2);
  await sql`ALTER TABLE away RENAME TO notification_cursors`.execute(database.db);
  await ready();
  await tell('a');
  await expect.poll(() => flavors(), WAIT).toEqual(['a']);
  expect(send).toHaveBeenCalledTimes(2);
  await endAll();
});
