import { array, assert, asyncProperty, constantFrom, oneof, string } from 'fast-check';
import { type CompiledQuery, Kysely, PostgresDialect, sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { sampleFlavor, sampleImage, sampleServer } from '../../../../test/support/sample-server.ts';
import { insertServer } from '../../../../test/support/insert-server.ts';
import { asId, type ImageId } from '../../../objects/ids.ts';
import type { Database } from '../../schema/index.ts';
import type { CellDb } from '../../sql/queries.ts';
import { type SortColumn, sortColumns } from './columns.ts';
import type { SortBy } from './sort.ts';
import { listServers, type ServerQuery } from './list.ts';
import type { NewServer } from './servers.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database?.drop();
});
beforeEach(async () => {
  await database.db.deleteFrom('servers').execute();
});

interface Stored {
  readonly vm?: string;
  readonly task?: string;
  readonly host?: string;
  readonly ip?: string;
  readonly createdAt?: string;
  readonly updatedAt?: string;
}

/** A server at rest, or as told. */
async function store(more: Partial<NewServer>, { vm = 'active', task, host, ip, createdAt, updatedAt }: Stored = {}): Promise<string> {
  const { id } = await database.db.transaction().execute((trx) => insertServer(trx, sampleServer(more), 'w-1'));
  const network = ip === undefined ? [] : [{ fixedIps: [{ ipAddress: ip, version: ip.includes(':') ? 6 : 4 }] }];
  await sql`
    UPDATE servers SET vm_state = ${vm}, task_state = ${task ?? null}, workflow_id = ${task === undefined ? null : 'w-1'},
      host = ${host ?? null}, network_info = ${JSON.stringify(network)},
      created_at = coalesce(${createdAt ?? null}::timestamptz, created_at), updated_at = coalesce(${updatedAt ?? null}::timestamptz, updated_at)
    WHERE id = ${id}`.execute(database.db);
  return id;
}

const list = (query: Partial<ServerQuery> = {}) => listServers(database.db, { projectId: null, limit: 100, ...query });
const namesOf = async (query: Partial<ServerQuery> = {}) => ((await list(query)) ?? []).map(({ name }) => name).sort();

test('servers of other projects are listed only for all projects', async () => {
  await store({ name: 'mine', projectId: 'p-1' });
  await store({ name: 'theirs', projectId: 'p-2' });
  expect([await namesOf({ projectId: 'p-1' }), await namesOf()]).toEqual([['mine'], ['mine', 'theirs']]);
});

test('deleted servers are listed on request, and by time of change', async () => {
  await store({ name: 'alive' }, { updatedAt: '2026-01-01T00:00:00Z' });
  await store({ name: 'gone' }, { vm: 'deleted', updatedAt: '2026-01-03T00:00:00Z' });
  expect([await namesOf(), await namesOf({ deleted: true })]).toEqual([['alive'], ['gone']]);
  expect(await namesOf({ changesSince: new Date('2026-01-02T00:00:00Z') })).toEqual(['gone']);
  expect(await namesOf({ changesSince: new Date('2026-01-01T00:00:00Z') })).toEqual(['alive', 'gone']);
});

test('a deleted server that can be restored is listed among the deleted ones, by its state, and on request', async () => {
  await store({ name: 'alive' });
  await store({ name: 'gone' }, { vm: 'deleted' });
  await store({ name: 'restorable' }, { vm: 'soft-delete' });
  expect([await namesOf(), await namesOf({ deleted: false })]).toEqual([['alive'], ['alive']]);
  expect(await namesOf({ deleted: true })).toEqual(['gone', 'restorable']);
  expect(await namesOf({ deleted: true, softDeleted: false })).toEqual(['gone']);
  expect([await namesOf({ statuses: ['SOFT_DELETED'] }), await namesOf({ equal: { vmState: ['soft-delete'] } })]).toEqual([
    ['restorable'],
    ['restorable'],
  ]);
  expect(await namesOf({ softDeleted: true })).toEqual(['alive', 'restorable']);
});

describe('a filter finds exactly what it names', () => {
  beforeEach(async () => {
    await store({ name: 'rebooting' }, { task: 'rebooting', host: 'host-1', ip: '10.0.0.1' });
    await store({ name: 'pausing', tags: ['a', 'b'], reservationId: 'r-7' }, { task: 'pausing', host: 'host-2', ip: '10.0.0.12' });
    await store({ name: 'stopped', tags: ['c'], userId: 'user-7' }, { vm: 'stopped', ip: 'fd00::1' });
    await store({ name: 'other-size', flavor: { ...sampleFlavor, id: '7' } });
    await store({ name: 'other-image', image: { ...sampleImage, id: asId<ImageId>('image-7') } });
  });

  test.each<[Partial<ServerQuery>, string[]]>([
    [{ statuses: ['ACTIVE'] }, ['other-image', 'other-size', 'pausing']],
    [{ statuses: ['reboot'] }, ['rebooting']],
    [{ statuses: ['SHUTOFF', 'REBOOT'] }, ['rebooting', 'stopped']],
    [{ statuses: ['FANTASTIC'] }, []],
    [{ statuses: [] }, []],
    [{ equal: { vmState: ['active'] } }, ['other-image', 'other-size', 'pausing', 'rebooting']],
    [{ equal: { host: ['host-1'] } }, ['rebooting']],
    [{ equal: { host: ['host'] } }, []],
    [{ equal: { imageId: ['image-7'] } }, ['other-image']],
    [{ equal: { flavorId: ['7'] } }, ['other-size']],
    [{ equal: { userId: ['user-7'] } }, ['stopped']],
    [{ like: { reservationId: 'r-7' } }, ['pausing']],
    [{ tags: { all: ['a', 'b'] } }, ['pausing']],
    [{ tags: { any: ['b', 'c'] } }, ['pausing', 'stopped']],
    [{ tags: { notAll: ['a', 'b'] } }, ['other-image', 'other-size', 'rebooting', 'stopped']],
    [{ tags: { notAny: ['a', 'c'] } }, ['other-image', 'other-size', 'rebooting']],
    [{ ip6: 'fd' }, ['stopped']],
    [{ ip6: '10' }, []],
    [{ locked: true }, []],
    [{ configDrive: false, like: { powerState: '0', createdAt: '^20' } }, ['other-image', 'other-size', 'pausing', 'rebooting', 'stopped']],
    [{ like: { zone: 'nowhere' } }, []],
    [{ ids: [] }, []],
    [{ ids: ['no id'] }, []],
    [{ ip: '10.0.0.1' }, ['pausing', 'rebooting']],
    [{ ip: '^10.0.0.1$' }, ['rebooting']],
    [{ ip: 'fd00::1' }, ['stopped']],
    [{ like: { name: 'ing' } }, ['pausing', 'rebooting']],
    [{ like: { name: '^other-(size|image)$' } }, ['other-image', 'other-size']],
    [{ like: { name: 'stopped' }, statuses: ['ACTIVE'] }, []],
  ])('%j', async (query, names) => {
    expect(await namesOf(query)).toEqual(names);
  });
});

/** All names, page by page. */
async function paged(limit: number, query: Partial<ServerQuery> = {}): Promise<string[]> {
  const names: string[] = [];
  let marker: string | undefined;
  for (;;) {
    const page = (await list({ limit, ...query, ...(marker === undefined ? {} : { marker }) })) ?? [];
    names.push(...page.map(({ name }) => name));
    marker = page.at(-1)?.id;
    if (page.length < limit) return names;
  }
}

describe('pages', () => {
  test('the newest come first', async () => {
    for (const day of [2, 3, 1]) await store({ name: `day-${day}` }, { createdAt: `2026-01-0${day}T00:00:00Z` });
    expect((await list())?.map(({ name }) => name)).toEqual(['day-3', 'day-2', 'day-1']);
  });

  test('servers created at one instant, or a microsecond apart, are each on one page', async () => {
    const names = Array.from({ length: 9 }, (_, index) => `s-${index}`);
    for (const [index, name] of names.entries()) await store({ name }, { createdAt: `2026-01-01T00:00:00.00000${Math.floor(index / 3)}Z` });
    const whole = await paged(100);
    expect([...whole].sort()).toEqual(names);
    for (const limit of [1, 2, 4]) expect(await paged(limit)).toEqual(whole);
  });

  test.each<SortBy[]>([
    [{ column: 'display_name', direction: 'asc' }],
    [
      { column: 'launched_at', direction: 'desc' },
      { column: 'display_name', direction: 'asc' },
    ],
    [
      { column: 'key_name', direction: 'asc' },
      { column: 'hostname', direction: 'desc' },
    ],
    [
      { column: 'power_state', direction: 'desc' },
      { column: 'locked', direction: 'asc' },
      { column: 'uuid', direction: 'asc' },
    ],
  ])('each server is on one page, whatever they are sorted by (%#)', async (...sort) => {
    for (let index = 0; index < 9; index += 1)
      await store({ name: `s-${index}`, hostname: `h-${index % 2}`, keyName: index % 3 === 0 ? null : `k-${index % 2}` });
    const whole = await paged(100, { sort });
    expect(new Set(whole).size).toBe(9);
    for (const limit of [1, 2, 4]) expect(await paged(limit, { sort })).toEqual(whole);
  });

  test('servers are sorted by several keys, each in its own direction', async () => {
    for (const [name, hostname] of [
      ['a', 'x'],
      ['b', 'x'],
      ['a', 'y'],
    ] as const)
      await store({ name, hostname });
    const sort: SortBy[] = [
      { column: 'display_name', direction: 'asc' },
      { column: 'hostname', direction: 'desc' },
    ];
    expect((await list({ sort }))?.map(({ name, hostname }) => name + hostname)).toEqual(['ay', 'ax', 'bx']);
  });

  test('every sort column works', async () => {
    for (const name of ['a', 'b', 'c']) await store({ name });
    for (const column of Object.keys(sortColumns) as SortColumn[])
      for (const direction of ['asc', 'desc'] as const)
        expect((await paged(1, { sort: [{ column, direction }] })).sort()).toEqual(['a', 'b', 'c']);
  });

  test('a page may begin after a marker that the filter excludes', async () => {
    await store({ name: 'old' }, { createdAt: '2026-01-01T00:00:00Z' });
    const gone = await store({ name: 'gone' }, { vm: 'deleted', createdAt: '2026-01-02T00:00:00Z' });
    await store({ name: 'new' }, { createdAt: '2026-01-03T00:00:00Z' });
    expect(await namesOf({ marker: gone })).toEqual(['old']);
  });

  test('a marker that is no server is unknown, as is another project’s', async () => {
    const theirs = await store({ projectId: 'p-2' });
    expect(await list({ marker: '7f1c1f2e-5a36-4a3e-9d0c-0f7b6b1d2c11' })).toBeUndefined();
    expect(await list({ marker: "' OR 1=1" })).toBeUndefined();
    expect(await list({ marker: 'a\0b' })).toBeUndefined();
    expect(await list({ marker: theirs, projectId: 'p-1' })).toBeUndefined();
    expect(await list({ marker: theirs, projectId: 'p-2' })).toEqual([]);
  });
});

/** The database's plan for the first statement of a list, if there were many rows. */
async function planOf(query: Partial<ServerQuery>): Promise<string> {
  const sent: CompiledQuery[] = [];
  const log = ({ query: one }: { query: CompiledQuery }) => void sent.push(one);
  // Seam: a separate handle, to record the statements.
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool: database.pool }), log }) as unknown as CellDb;
  await listServers(db, { projectId: null, limit: 100, ...query });
  const client = await database.pool.connect();
  try {
    await client.query('SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off');
    const { rows } = await client.query(`EXPLAIN ${sent[0]?.sql}`, [...(sent[0]?.parameters ?? [])]);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  } finally {
    await client.query('RESET ALL');
    client.release();
  }
}

test.each([
  ['servers_by_project', { projectId: 'p-1' }],
  ['servers_by_time', { projectId: null }],
])('a page follows the index %s from its marker on, without sorting', async (index, query) => {
  const marker = await store({ projectId: 'p-1' });
  for (const plan of [await planOf(query), await planOf({ ...query, marker })]) {
    expect(plan).toContain(`Index Scan using ${index}`);
    expect(plan).not.toContain('Sort');
  }
  expect(await planOf({ ...query, marker })).toMatch(/Index Cond: .*ROW\(created_at, id\) < /);
});

describe('untrusted patterns', () => {
  test.each([
    ['a.c', ['a.c', 'abc']],
    ['a\\.c', ['a.c']],
    ['[[', ['[[']],
    ['[', ['[[', '[a-b]']],
    ['(?i)ABC', []],
    ['{', ['{1}']],
    ['{1}', ['{1}']],
    ['***=abc', []],
    ['\\d', ['1', '{1}']],
    ['^[a-c]{3}$', ['abc']],
    ['a{,3}', []],
    // Fault 2026-11 B5.
    ['.{0,99}', ['a.c', 'abc', '1', '[[', '[a-b]', '{1}', '\\']],
    ['.{0,99}.{0,99}.{0,57}$', ['a.c', 'abc', '1', '[[', '[a-b]', '{1}', '\\']],
    ['.{0,99}.{0,99}.{0,58}$', []],
    ['.{99}|.{99}|.{57,}|abc', ['abc']],
    ['.{99}|.{99}|.{58,}|abc', []],
    ['\\', ['\\']],
    ['a\0', []],
  ])('%s finds %j', async (name, found) => {
    for (const one of ['abc', 'a.c', '[[', '[a-b]', '{1}', '1', '\\']) await store({ name: one });
    expect(await namesOf({ like: { name } })).toEqual([...found].sort());
  });

  test.each([
    '((a{100}){100}){100}',
    '(a+)+$',
    '(a|aa)+$',
    '((a{100}b){100}c){100}',
    '(.*)*x',
    '.{99}'.repeat(50),
    '[a-z]{1,99}'.repeat(22),
    `${'('.repeat(120)}a${')*'.repeat(60)}`,
    `(a|b)*a${'(a|b)'.repeat(48)}`,
    `${'(a?'.repeat(60)}${')'.repeat(60)}`,
    '(a)\\1',
  ])(
    '%s is answered in no time',
    async (name) => {
      await store({ name: `${'a'.repeat(250)}b` });
      expect(await list({ like: { name } })).toBeDefined();
    },
    2_000,
  );

  test('no pattern breaks the list', async () => {
    await store({ name: 'web' });
    const piece = oneof(
      constantFrom(
        'a',
        '.',
        '*',
        '+',
        '?',
        '{',
        '}',
        '1',
        ',',
        '(',
        ')',
        '[',
        ']',
        '^',
        '$',
        '|',
        '-',
        ':',
        '=',
        '!',
        '<',
        '\\',
        '\0',
        '[:',
        ':]',
      ),
      constantFrom(
        '\\d',
        '\\D',
        '\\m',
        '\\y',
        '\\c',
        '\\x',
        '\\u',
        '\\p{L}',
        '\\k',
        '\\b',
        '\\A',
        '(?',
        '(?:',
        '(?=',
        '***',
        '{1,2}',
        '{300}',
        'é',
        '\ud800',
      ),
      string({ maxLength: 3 }),
    );
    const pattern = array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
    await assert(
      asyncProperty(pattern, async (name) => {
        expect(await list({ like: { name }, ip: name })).toBeDefined();
      }),
      { numRuns: 1_500 },
    );
  });

  test('no value of another filter breaks it either', async () => {
    const word = "a\0b'";
    expect(
      await list({
        equal: { host: [word], imageId: [word] },
        like: { reservationId: word },
        ids: [word],
        statuses: [word],
        tags: { all: [word] },
      }),
    ).toEqual([]);
  });
});
