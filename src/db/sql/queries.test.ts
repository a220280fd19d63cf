import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Context } from '../../lib/context/context.ts';
import { change } from '../change.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { appendEvents } from '../stores/cloud/events.ts';
import { endOfEvents } from '../stores/cloud/event-feed.ts';
import { findServer } from '../stores/servers/cached-servers.ts';
import { lockServer } from '../stores/servers/servers.ts';
import { findFlavor, insertFlavor } from '../stores/flavors/flavors.ts';
import type { CellDb, CloudDb, InCell, InCloud, Queries, WholeDb } from './queries.ts';
import { transaction } from './retry.ts';
import { serviceContext } from '../../lib/context/context.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

const ID = '00000000-0000-4000-8000-000000000001';

/** What the compiler must refuse; it is only compiled, never called. */
export const refused = {
  cellForCloud: (db: CellDb) =>
    // @ts-expect-error flavors are the cloud's
    findFlavor(db, '1', null),
  cloudForCell: (db: CloudDb) =>
    // @ts-expect-error servers are a cell's
    findServer(db, ID),
  noneForEither: (db: Queries) =>
    // @ts-expect-error whose it is has to be said
    findServer(db, ID),
  transactionForAnother: (db: CloudDb) =>
    transaction(db, (trx) =>
      // @ts-expect-error a transaction of the cloud changes no server
      lockServer(trx, ID),
    ),
  plainTransactionForAnother: (db: CellDb) =>
    db.transaction().execute((trx) =>
      // @ts-expect-error a transaction of a cell changes no flavor
      insertFlavor(trx, { id: '1' } as never),
    ),
  changeOfAnother: (ctx: Context, db: CloudDb) =>
    change(ctx, { db, what: 'w' }, async ({ trx }) => {
      // @ts-expect-error a change of the cloud changes no server
      await lockServer(trx, ID);
    }),
  databaseForTransaction: (db: CellDb) =>
    // @ts-expect-error a lock outside of a transaction is none
    lockServer(db, ID),
  oneForBoth: (db: CellDb): WholeDb =>
    // @ts-expect-error a cell is not the whole
    db,
};

/** What the compiler must accept. */
export const taken = {
  events: (db: CellDb, trx: InCloud) => [endOfEvents(db), appendEvents(trx, serviceContext('r'), [])],
  transaction: (trx: InCell): CellDb => trx,
};

test('one database is the cloud and its cell, in and out of a transaction', async () => {
  const { db } = database;
  const found = await transaction(db, async (trx) => [await lockServer(trx, ID), await findFlavor(trx, 'none', null)]);
  expect([...found, await findServer(db, ID), await findFlavor(db, 'none', null)]).toEqual([undefined, undefined, undefined, undefined]);
});
