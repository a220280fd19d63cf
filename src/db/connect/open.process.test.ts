import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DebianPostgres, debianPostgres, debianPostgresBin } from '../../../test/support/debian-postgres.ts';
import { systemClock } from '../../lib/clock/clock.ts';
import { silentLog } from '../../lib/log/log.ts';
import { migrate } from './migrate.ts';
import { type OpenDatabaseOptions, openDatabase } from './open.ts';

const bin = await debianPostgresBin();
if (bin === undefined) process.stderr.write('skipped: tests against an external PostgreSQL (install the package postgresql)\n');

const open = (url: string, options: Partial<OpenDatabaseOptions> = {}) =>
  openDatabase({ url, poolSize: 3, log: silentLog, applicationName: 'open-test', ...options });

/** A log that remembers its lines. */
function rememberingLog() {
  const lines: Record<string, unknown>[] = [];
  return { lines, log: pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) }) };
}

describe('a malformed URL is refused with an example of a right one:', () => {
  test.each([
    ['mysql://nova@db/nova', 'does not begin with postgres://'],
    ['postgres://nova@db', 'names no database'],
    ['postgres://nova@db:many/nova', 'is malformed'],
  ])('%s', async (url, problem) => {
    await expect(open(url)).rejects.toThrow(`The database URL ${problem}; it looks like postgres://`);
  });
});

describe('an unreachable server', () => {
  test('is waited for until the timeout, then named with the reason, without its password', async () => {
    const { lines, log } = rememberingLog();
    const opening = open('postgres://nova:secret@127.0.0.1:9/cloud', { connectTimeoutMs: 500, log });
    await expect(opening).rejects.toThrow(/^The database cloud at 127\.0\.0\.1:9 cannot be used: connect ECONNREFUSED/);
    expect(lines.map((line) => line['msg'])).toEqual(['the database does not answer; waiting for it']);
    expect(JSON.stringify(lines)).not.toContain('secret');
  });

  test('may be a missing socket', async () => {
    const opening = open('postgres://nova@/cloud?host=/nowhere', { connectTimeoutMs: 200 });
    await expect(opening).rejects.toThrow('The database cloud at /nowhere cannot be used: connect ENOENT');
  });
});

describe.skipIf(bin === undefined && process.env['CI'] !== 'true')("the distribution's PostgreSQL", () => {
  let server: DebianPostgres;
  beforeAll(async () => {
    server = await debianPostgres(bin ?? '/usr/lib/postgresql');
  });
  afterAll(() => server.remove());

  test('is waited for while it starts, takes the whole schema, and comes back after a crash', async () => {
    const { lines, log } = rememberingLog();
    const opening = open(server.url, { log });
    await systemClock.sleep(300);
    await server.start();
    const { db, pool, close } = await opening;
    expect(lines.map((line) => line['msg'])).toEqual(['the database does not answer; waiting for it', 'the database answers']);

    await Promise.all([migrate(db), migrate(db)]);
    expect(await migrate(db)).toEqual([]);
    const { rows } = await pool.query('select application_name from pg_stat_activity where pid = pg_backend_pid()');
    expect(rows).toEqual([{ application_name: 'open-test' }]);

    await server.stop();
    await expect(pool.query('select 1')).rejects.toThrow();
    await server.start();
    const again = await open(server.url);
    await again.close();
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await close();
  });

  test('fails at once where waiting cannot help', async () => {
    const opening = open(server.url.replace(/postgres$/, 'no_such_database'), { connectTimeoutMs: 60_000 });
    await expect(opening).rejects.toThrow('cannot be used: database "no_such_database" does not exist');
  });
});
