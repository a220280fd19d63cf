/** `manage db archive_deleted_rows` and `manage db purge`: what is left of deleted servers, out of the way and out of the world. */
import type { CellDb } from '../../db/sql/queries.ts';
import { archiveServers, countArchivable, purgeArchive, type RowCounts } from '../../db/stores/servers/archive.ts';
import type { Clock } from '../../lib/clock/clock.ts';
import { momentOf } from './moment.ts';
import { tableOf } from './table.ts';

/** The exit statuses of `nova-manage db archive_deleted_rows`. */
const NOTHING_ARCHIVED = 0;
const ARCHIVED = 1;
const BAD_NUMBER = 2;
/** There is no database to work on. */
export const ARCHIVE_UNREACHABLE = 3;
const BAD_BEFORE = 4;

/** The exit statuses of `nova-manage db purge`. */
const PURGED = 0;
const NOTHING_ASKED = 1;
const BAD_PURGE_BEFORE = 2;
const NOTHING_PURGED = 3;
/** There is no database to work on. */
export const PURGE_UNREACHABLE = 4;

/** Nova's largest number of rows. */
const MOST_ROWS = 2_147_483_647;
/** Rows that one statement moves, whatever was asked for: none holds its locks for long. */
const AT_ONCE = 10_000;

export interface Archiving {
  readonly maxRows: string;
  readonly before?: string;
  readonly untilComplete?: boolean;
  readonly purge?: boolean;
  readonly dryRun?: boolean;
  readonly verbose?: boolean;
  readonly taskLog?: boolean;
  readonly sleep: string;
}

interface Deps {
  readonly db: CellDb;
  readonly clock: Clock;
  readonly print: (line: string) => void;
}

/** Archives the rows of deleted servers. @returns the exit status */
export async function archive(deps: Deps, asked: Archiving): Promise<number> {
  const { db, clock, print } = deps;
  const maxRows = Number(asked.maxRows);
  if (!Number.isInteger(maxRows) || maxRows < 1 || maxRows > MOST_ROWS) {
    print(maxRows > MOST_ROWS ? `max rows must be <= ${MOST_ROWS}` : 'Must supply a positive value for max_rows');
    return BAD_NUMBER;
  }
  const sleepMs = Number(asked.sleep) * 1_000;
  if (!(sleepMs >= 0)) {
    print('Must supply a number of seconds for --sleep');
    return BAD_NUMBER;
  }
  const before = asked.before === undefined ? clock.now() : momentOf(asked.before);
  if (!before) {
    print(`Invalid value for --before: ${asked.before}`);
    return BAD_BEFORE;
  }
  if (asked.taskLog) print('There is no task log to archive.');
  if (asked.dryRun) {
    printCounts(deps, 'Rows That Would Be Archived', await countArchivable(db, before));
    return NOTHING_ARCHIVED;
  }
  const counts = await archiveAll(deps, {
    maxRows,
    before,
    untilComplete: asked.untilComplete ?? false,
    sleepMs,
  });
  const isAny = Object.keys(counts).length > 0;
  if (asked.verbose && isAny) printCounts(deps, 'Number of Rows Archived', counts);
  else if (asked.verbose) print('Nothing was archived.');
  if (asked.purge && isAny) {
    if (asked.verbose) print('Rows were archived, running purge...');
    await purgeAll(db, before);
  }
  return isAny ? ARCHIVED : NOTHING_ARCHIVED;
}

interface Run {
  readonly maxRows: number;
  readonly before: Date;
  readonly untilComplete: boolean;
  readonly sleepMs: number;
}

/** Batch by batch. Each is complete by itself, so whoever is killed in between has archived what was archived. */
async function archiveAll({ db, clock }: Deps, { maxRows, before, untilComplete, sleepMs }: Run): Promise<RowCounts> {
  let total: RowCounts = {};
  for (;;) {
    const wanted = untilComplete ? maxRows : maxRows - sumOf(total);
    const moved = await archiveServers(db, { before, maxRows: Math.min(wanted, AT_ONCE) });
    total = summed(total, moved);
    const isOver = Object.keys(moved).length === 0 || (!untilComplete && sumOf(total) >= maxRows);
    if (isOver) return total;
    if (sleepMs > 0) await clock.sleep(sleepMs);
  }
}

export interface PurgeAsked {
  readonly before?: string;
  readonly all?: boolean;
  readonly verbose?: boolean;
}

/** Deletes from the archive. @returns the exit status */
export async function purge(deps: Omit<Deps, 'clock'>, asked: PurgeAsked): Promise<number> {
  const { db, print } = deps;
  if (asked.before === undefined && !asked.all) {
    print('Either --before or --all is required');
    return NOTHING_ASKED;
  }
  const before = asked.before === undefined ? undefined : momentOf(asked.before);
  if (asked.before !== undefined && !before) {
    print(`Invalid value for --before: ${asked.before}`);
    return BAD_PURGE_BEFORE;
  }
  const counts = await purgeAll(db, before);
  if (asked.verbose) printCounts(deps, 'Number of Rows Purged', counts);
  return Object.keys(counts).length > 0 ? PURGED : NOTHING_PURGED;
}

async function purgeAll(db: CellDb, before: Date | undefined): Promise<RowCounts> {
  let total: RowCounts = {};
  for (;;) {
    const purged = await purgeArchive(db, { before, limit: AT_ONCE });
    if (Object.keys(purged).length === 0) return total;
    total = summed(total, purged);
  }
}

const printCounts = ({ print }: Pick<Deps, 'print'>, title: string, counts: RowCounts): void =>
  print(
    tableOf(
      ['Table', title],
      Object.entries(counts).map(([table, rows]) => [table, String(rows)]),
    ),
  );

const sumOf = (counts: RowCounts): number => Object.values(counts).reduce((sum, rows) => sum + rows, 0);

const summed = (one: RowCounts, other: RowCounts): RowCounts =>
  Object.fromEntries(
    [...new Set([...Object.keys(one), ...Object.keys(other)])].sort().map((table) => [table, (one[table] ?? 0) + (other[table] ?? 0)]),
  );
