import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres } from '../../src/db/embedded/start.ts';
import { migrate } from '../../src/db/connect/migrate.ts';
import { openDatabase } from '../../src/db/connect/open.ts';
import { systemClock } from '../../src/lib/clock/clock.ts';
import { messageOf } from '../../src/lib/errors/error-type.ts';
import { silentLog } from '../../src/lib/log/log.ts';

/**
 * Vitest's global setup: the PostgreSQL of a test run. It belongs to vitest's main process, starts when the first test
 * asks for it (a run without database tests pays nothing) and ends with the run, however that ends.
 * Tests, in threads and forks, ask over a unix socket whose path is in this variable.
 */
export const ASK_VARIABLE = 'NOVA_TEST_DATABASE_SOCKET';

/** The migrated database that every test database is a copy of. */
export const TEMPLATE = 'nova_template';

/** The answer to a test: the server's URL, or why there is none. */
export type Told = { readonly url: string } | { readonly error: string };

/** Runs once per project; only the first does anything. */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env[ASK_VARIABLE]) return undefined;
  const directory = await mkdtemp(join(tmpdir(), 'nova-ts-test-'));
  let cluster: Promise<{ url: string; stop(): Promise<void> }> | undefined;
  const answer = async (socket: Socket) => {
    cluster ??= startCluster(directory);
    const told: Told = await cluster.then(
      ({ url }) => ({ url }),
      (error: unknown) => ({ error: messageOf(error) }),
    );
    socket.end(JSON.stringify(told));
  };
  const server = createServer((socket) => {
    socket.on('error', () => {});
    void answer(socket);
  });
  const path = join(directory, 'ask');
  await new Promise<void>((resolve) => server.listen(path, resolve));
  server.unref();
  process.env[ASK_VARIABLE] = path;
  return async () => {
    delete process.env[ASK_VARIABLE];
    server.close();
    await cluster?.then((running) => running.stop()).catch(() => {});
    await rm(directory, { recursive: true, force: true });
  };
}

async function startCluster(directory: string) {
  const settings = { max_connections: '300' };
  const cluster = await startEmbeddedPostgres({ stateDir: directory, clock: systemClock, log: silentLog, fsync: false, settings });
  const client = new Client({ connectionString: cluster.url });
  await client.connect();
  await client.query(`create database ${TEMPLATE}`);
  await client.end();
  const url = urlOfDatabase(cluster.url, TEMPLATE);
  const { db, close } = await openDatabase({ url, poolSize: 1, log: silentLog, applicationName: 'template' });
  // A template with a connection to it cannot be copied.
  await migrate(db).finally(close);
  return cluster;
}

/** The URL of another database on the same server. */
export const urlOfDatabase = (url: string, database: string) => url.replace(/\/\w+\?/, `/${database}?`);
