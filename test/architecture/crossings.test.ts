import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isForTests, sourceFiles } from './source-tree.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const sources = sourceFiles(ROOT, 'src/**/*.ts').filter(({ path }) => !isForTests(path));

/** Where the tables of a schema file belong: cloud, cell or each database. Keypairs are the cloud's, although in the servers' file. */
const schemas = {
  cloud: [
    'identity',
    'image',
    'network',
    'network-sharing',
    'network-qos',
    'volume',
    'volume-backups',
    'volume-transfers',
    'volume-type-specs',
    'flavors',
    'quota',
    'cloud-secrets',
    'objectstore',
  ],
  cell: ['servers', 'server-groups', 'hosts', 'moves', 'consoles'],
  each: ['events', 'idempotency', 'trace', 'workflow'],
} as const;
const OF_CLOUD = ['keypairs'];

const tablesIn = (schema: string): string[] =>
  [...readFileSync(join(ROOT, 'src/db/schema', `${schema}.ts`), 'utf8').matchAll(/^ {2}(\w+): \w+Table;$/gm)].map(([, name]) => name ?? '');
const cloudTables = [...schemas.cloud.flatMap(tablesIn), ...OF_CLOUD];
const cellTables = [...schemas.cell.flatMap(tablesIn).filter((name) => !OF_CLOUD.includes(name)), 'workflows'];

/** The tables that a source text reads or writes. */
const tablesNamed = (text: string): string[] =>
  [
    ...text.matchAll(
      /(?:\b(?:FROM|JOIN|INTO|UPDATE|USING) |(?:selectFrom|innerJoin|leftJoin|insertInto|updateTable|deleteFrom|using|from)\(')(\w+)/gi,
    ),
  ].map(([, name]) => name ?? '');

test('every table belongs to the cloud, a cell or each database', () => {
  const files = sources.flatMap(({ path }) => /^src\/db\/schema\/([\w-]+)\.ts$/.exec(path)?.[1] ?? []);
  expect(Object.values(schemas).flat().sort()).toEqual(files.filter((file) => !['index', 'columns'].includes(file)).sort());
  expect([cloudTables.length, cellTables.length].every((count) => count > 5)).toBe(true);
});

test('code on the cloud’s database names no table of a cell, nor the reverse', () => {
  const crossing = sources.flatMap(({ path, text }) => {
    if (/\b(WholeDb|InWhole)\b/.test(text)) return [];
    const isOfCloud = /\b(CloudDb|InCloud)\b/.test(text);
    const isOfCell = /\b(CellDb|InCell)\b/.test(text);
    if (isOfCloud === isOfCell) return [];
    const foreign = isOfCloud ? cellTables : cloudTables;
    return tablesNamed(text)
      .filter((table) => foreign.includes(table))
      .map((table) => `${path} names ${table}`);
  });
  expect(crossing).toEqual([]);
});

/** Files that use tables of both the cloud and its cell, and so must be split before there is a second cell. */
const crossings: Readonly<Record<string, string>> = {
  'src/db/sql/queries.ts': 'says what it is',
  'src/db/connect/open.ts': 'opens it',
  'src/db/stores/identity/references.ts': 'deletes the server groups of a project with it, in one transaction',
  'src/db/stores/identity/projects.ts': 'deletes what names a project, and counts the servers that it leaves',
  'src/db/stores/identity/users.ts': 'deletes what names a user',
  'src/db/stores/identity/domains.ts': 'deletes what names the users and projects of a domain',
  'src/identity/admin/deps.ts': 'counts the servers that a deleted project leaves',
  'src/quota/check.ts': 'compares limits of the cloud with servers of the cell, in the transaction that adds servers',
  'src/quota/group-quota.ts': 'compares limits of the cloud with groups of the cell, in the transaction that adds to them',
  'src/compute/groups/server-group-api.ts': 'checks the quota in the transaction that makes a group',
  'src/compute/groups/hinted-group.ts': 'checks the quota in the transaction that adds members',
  'src/compute/quotas/quota-api.ts': 'shows limits with what is used of them',
  'src/compute/api.ts': 'boots',
  'src/compute/servers/write-boots.ts': 'checks the quota in the transaction that writes servers down',
  'src/compute/servers/resolve-boot.ts': 'reads flavor and keypair, and hosts',
  'src/compute/servers/edit-api.ts': 'checks limits in the transaction that changes a server',
  'src/compute/servers/change-record.ts': 'gives that transaction to edits',
  'src/compute/servers/work/preparers.ts': 'gives that transaction to the checks of actions',
  'src/compute/servers/work/resize.ts': 'checks the quota in the transaction that begins a resize, and reads flavors',
  'src/compute/servers/work/evacuate.ts': 'reads the number of the flavor for the record of the move',
  'src/compute/servers/work/end-resize.ts': 'checks the quota in the transaction that reverts a resize',
  'src/compute/servers/work/snapshot.ts': 'checks limits in that transaction, and the abilities of a host',
  'src/compute/servers/work/live-migrate.ts': 'reads flavors, and records a move in the transaction that begins it',
  'src/compute/servers/live-migration-api.ts': 'writes the abort of a move and the answer to a retried request in one transaction',
  'src/compute/servers/begin-work.ts': 'gives that transaction to actions, which may check limits',
  'src/conductor/notifications/facts.ts': 'reads keypairs and the actions of servers for notifications',
  'src/conductor/notifications/publisher.ts': 'gives the database to that',
  'src/books/invariant.ts': 'proves the books against each other',
  'src/books/end-with-fault.ts': 'proves the books against each other',
  'src/books/reconcile.ts': 'proves the books against each other',
  'src/books/verify.ts': 'proves the books against each other',
};

test('every file that uses both is listed with its reason', () => {
  const holding = sources.filter(({ path, text }) => !path.startsWith('src/cmd/') && /\b(WholeDb|InWhole)\b/.test(text));
  expect(holding.map(({ path }) => path).sort()).toEqual(Object.keys(crossings).sort());
});
