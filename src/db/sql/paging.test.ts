import { array, assert, asyncProperty, boolean, constantFrom, integer, record } from 'fast-check';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import type { Database } from '../schema/index.ts';
import { nullsAs, type PageOf, readPage, type SortKey } from './paging.ts';

/** A table with ties and nulls in every column except the last. */
interface ThingsTable {
  readonly id: number;
  readonly colour: string | null;
  readonly made_at: Date | null;
  readonly weight: number;
}

let database: TestDatabase;
let db: Kysely<Database & { things: ThingsTable }>;
/** Every statement that was sent. */
const sent: string[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  db = new Kysely({ dialect: new PostgresDialect({ pool: database.pool }), log: ({ query }) => void sent.push(query.sql) });
  await sql`CREATE TABLE things (id integer PRIMARY KEY, colour text, made_at timestamptz, weight integer NOT NULL)`.execute(db);
  await sql`
    INSERT INTO things
    SELECT n, (ARRAY['red', 'blue', NULL])[n % 3 + 1], CASE WHEN n % 4 > 0 THEN timestamptz '2026-01-01' + n % 2 * interval '1 microsecond' END, n % 2
    FROM generate_series(1, 12) AS n`.execute(db);
});
afterAll(() => database?.drop());

const keys = {
  colour: nullsAs(sql`''`, sql.ref('colour')),
  made_at: nullsAs(sql`'-infinity'`, sql.ref('made_at')),
  weight: sql.ref('weight'),
};

const marked = (id: number, and = sql`true`) => ({ from: sql`things`, where: sql<boolean>`id = ${id} AND ${and}` });

async function page(more: Partial<PageOf>): Promise<number[] | undefined> {
  const order: readonly SortKey[] = [{ by: sql.ref('id'), direction: 'asc' }];
  const rows = await readPage(db.withTables<{ things: ThingsTable }>(), db.selectFrom('things').select('id'), { order, ...more });
  return rows?.map(({ id }) => id);
}

/** All rows in pages of some length, forwards or backwards. */
async function inPages(order: readonly SortKey[], limit: number, isReverse: boolean): Promise<number[]> {
  const all: number[] = [];
  for (let ends: number | undefined; ; ) {
    const found = (await page({ order, limit, isReverse, after: ends === undefined ? undefined : marked(ends) })) ?? [];
    if (isReverse) all.unshift(...found);
    else all.push(...found);
    ends = isReverse ? found.at(0) : found.at(-1);
    if (found.length < limit) return all;
  }
}

describe('pages', () => {
  const asked = array(record({ key: constantFrom('colour', 'made_at', 'weight'), direction: constantFrom('asc', 'desc') }), {
    maxLength: 3,
  });

  test('together are the whole list, whatever the sort keys, forwards and backwards', async () => {
    await assert(
      asyncProperty(asked, constantFrom('asc', 'desc'), integer({ min: 1, max: 13 }), boolean(), async (sorts, last, limit, isReverse) => {
        const order = [...sorts.map(({ key, direction }) => ({ by: keys[key], direction })), { by: sql.ref('id'), direction: last }];
        expect(await inPages(order, limit, isReverse)).toEqual(await page({ order }));
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  test('sort nulls as the value of `nullsAs`', async () => {
    const order: SortKey[] = [
      { by: keys.colour, direction: 'desc' },
      { by: sql.ref('id'), direction: 'asc' },
    ];
    const colours = await db.selectFrom('things').select(['id', 'colour']).orderBy('id').execute();
    const of = (wanted: string | null) => colours.filter(({ colour }) => colour === wanted).map(({ id }) => id);
    expect(await page({ order })).toEqual([...of('red'), ...of('blue'), ...of(null)]);
  });

  test('end at the limit, or without one at the last row', async () => {
    expect(await page({ limit: 2, after: marked(3) })).toEqual([4, 5]);
    expect(await page({ limit: 2, after: marked(3), isReverse: true })).toEqual([1, 2]);
    expect(await page({ after: marked(10) })).toEqual([11, 12]);
    expect(await page({ limit: 0 })).toEqual([]);
  });
});

describe('a marker', () => {
  test.each([true, false])(
    'that is no row, or one that its condition hides, is told from an empty page (reverse: %s)',
    async (isReverse) => {
      expect(await page({ limit: 2, isReverse, after: marked(99) })).toBeUndefined();
      expect(await page({ limit: 2, isReverse, after: marked(6, sql`weight > 5`) })).toBeUndefined();
      expect(await page({ limit: 2, isReverse, after: marked(isReverse ? 1 : 12) })).toEqual([]);
    },
  );

  test('costs a second statement only when the page is empty', async () => {
    sent.length = 0;
    await page({ limit: 2, after: marked(3) });
    expect(sent).toHaveLength(1);
    await page({ limit: 2, after: marked(12) });
    expect(sent).toHaveLength(3);
  });
});

test('keys of one direction are a single row comparison, which an index can serve', async () => {
  sent.length = 0;
  const by = [keys.weight, sql.ref('id')];
  await page({ order: by.map((key) => ({ by: key, direction: 'desc' })), after: marked(3) });
  expect(sent[0]).toContain('("weight", "id") < (SELECT "weight", "id" FROM things');
  await sql`CREATE INDEX things_by_weight ON things (weight DESC, id DESC)`.execute(db);
  const plan = await db.connection().execute(async (one) => {
    await sql`SET enable_seqscan = off`.execute(one);
    await sql`SET enable_bitmapscan = off`.execute(one);
    const explained = await sql<{ 'QUERY PLAN': string }>`EXPLAIN ${sql.raw(sent[0]?.replace('$1', '3') ?? '')}`.execute(one);
    await sql`RESET ALL`.execute(one);
    return explained.rows.map((row) => row['QUERY PLAN']).join('\n');
  });
  expect(plan).toMatch(/Index Cond: \(ROW\(weight, id\) < /);
  expect(plan).not.toContain('Sort');
});
