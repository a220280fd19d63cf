import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { flavorCreate } from '../events/compute.ts';
import type { Context } from '../lib/context/context.ts';
import { sampleFlavor } from '../../test/support/sample-server.ts';
import { change, type Changing } from './change.ts';
import type { Queries } from './sql/queries.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await sql`CREATE TABLE seats (id integer PRIMARY KEY, taken integer NOT NULL)`.execute(database.db);
});
afterAll(() => database?.drop());
beforeEach(async () => {
  await sql`TRUNCATE seats, events, change_results`.execute(database.db);
  await sql`INSERT INTO seats VALUES (1, 0), (2, 0)`.execute(database.db);
});

const plain: Context = { requestId: 'req-1', userId: 'u', projectId: 'p', roles: [], isAdmin: false };
const keyed: Context = { ...plain, keyed: true };
const again: Context = { ...keyed, resumed: true };

const take = (id: number, { trx }: Changing<Queries>) => sql`UPDATE seats SET taken = taken + 1 WHERE id = ${id}`.execute(trx);
const taken = async () => {
  const { rows } = await sql<{ taken: number }>`SELECT sum(taken)::int AS taken FROM seats`.execute(database.db);
  return rows[0]?.taken;
};
const events = () => database.db.selectFrom('events').select(['type', 'subject', 'request_id']).orderBy('seq').execute();
const results = () => database.db.selectFrom('change_results').select(['request_id', 'what', 'result']).execute();

test('change, event and result are written together or not at all', async () => {
  const what = { db: database.db, what: 'seat.take' };
  const failing = change(keyed, what, async (changing) => {
    await take(1, changing);
    changing.tell(flavorCreate(sampleFlavor));
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect([await taken(), await events(), await results()]).toEqual([0, [], []]);
  const done = await change(keyed, what, async (changing) => {
    await take(1, changing);
    changing.tell(flavorCreate(sampleFlavor));
    return { seat: 1 };
  });
  expect(done).toEqual({ seat: 1 });
  expect([await taken(), await events(), await results()]).toEqual([
    1,
    [{ type: 'flavor.create', subject: sampleFlavor.id, request_id: 'req-1' }],
    [{ request_id: 'req-1', what: 'seat.take', result: { seat: 1 } }],
  ]);
});

test('the victim of a deadlock is retried, and its event is written once', async () => {
  let waiting = 0;
  const { promise: bothHold, resolve } = Promise.withResolvers<void>();
  const takeBoth = (ctx: Context, first: number, second: number) =>
    change(ctx, { db: database.db, what: 'seat.takeBoth' }, async (changing) => {
      await take(first, changing);
      changing.tell(flavorCreate({ ...sampleFlavor, id: ctx.requestId }));
      if (++waiting === 2) resolve();
      await bothHold;
      await take(second, changing);
    });
  await Promise.all([takeBoth(keyed, 1, 2), takeBoth({ ...plain, requestId: 'req-2' }, 2, 1)]);
  expect(waiting).toBeGreaterThan(2);
  expect(await taken()).toBe(4);
  expect((await events()).map(({ subject }) => subject).toSorted()).toEqual(['req-1', 'req-2']);
});

test('a retried request gets the first result, without preparing again', async () => {
  const seats: number[] = [];
  const ask = (ctx: Context, what = 'seat.take') =>
    change(ctx, { db: database.db, what, prepare: async () => seats.push(0) }, async (changing, number) => {
      await take(1, changing);
      return { number };
    });
  expect(await ask(keyed)).toEqual({ number: 1 });
  expect(await ask(again)).toEqual({ number: 1 });
  expect(await ask({ ...again, requestId: 'req-2' })).toEqual({ number: 2 });
  expect(await ask(again, 'seat.takeAnother')).toEqual({ number: 3 });
  expect([await taken(), seats.length]).toEqual([3, 3]);
});

test('a request without a key saves no result', async () => {
  for (const id of [1, 2])
    await change(plain, { db: database.db, what: 'seat.take' }, async (changing) => {
      await take(id, changing);
      return id;
    });
  expect([await taken(), await results()]).toEqual([2, []]);
});

test('of two workers on one request, one does the work, whether the other is slow or dead', async () => {
  const { promise: holds, resolve: hold } = Promise.withResolvers<void>();
  const { promise: goesOn, resolve: goOn } = Promise.withResolvers<void>();
  const what = { db: database.db, what: 'seat.take' };
  const slow = change(keyed, what, async (changing) => {
    await take(1, changing);
    hold();
    await goesOn;
    return 'slow';
  });
  await holds;
  const impatient = change(again, what, async (changing) => {
    await take(1, changing);
    return 'impatient';
  });
  goOn();
  expect([await slow, await impatient, await taken()]).toEqual(['slow', 'slow', 1]);
});

test('a result that JSON cannot hold is restored from what was kept of it', async () => {
  const at = new Date('2026-01-01T00:00:00Z');
  const memory = {
    keep: ({ seat }: { seat: number; at: Date }) => seat,
    recall: async (seat: number, { tell }: Changing<Queries>) => {
      tell(flavorCreate({ ...sampleFlavor, id: 'recalled' }));
      return { seat, at };
    },
  };
  const ask = (ctx: Context) => change(ctx, { db: database.db, what: 'seat.take', ...memory }, async () => ({ seat: 2, at }));
  expect([await ask(keyed), await ask(again)]).toEqual([
    { seat: 2, at },
    { seat: 2, at },
  ]);
  expect(await results()).toMatchObject([{ result: 2 }]);
  // Restoring a result may write events too.
  expect(await events()).toMatchObject([{ subject: 'recalled' }]);
  // @ts-expect-error -- a Date would come back as a text
  const unkept = () => change(keyed, { db: database.db, what: 'seat.take' }, async () => ({ seat: 2, at }));
  expect(unkept).toBeTypeOf('function');
});
