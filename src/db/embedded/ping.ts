import { Client } from 'pg';
import { ROLE } from './cluster.ts';
import { SOCKET_PORT } from './socket-directory.ts';

/** What a server says when called: it serves, it starts or stops just now, or there is none. */
export type Answer = 'ready' | 'busy' | 'absent';

/** How long a server may take to answer one call. */
const PING_TIMEOUT_MS = 5_000;

/** The connection string for the program's database behind a socket directory. */
export const urlOf = (socketDirectory: string) =>
  `postgres://${ROLE}@/${ROLE}?host=${encodeURIComponent(socketDirectory)}&port=${SOCKET_PORT}`;

/** Calls the server behind a socket directory, and sees to it that the program's database exists. */
export async function ping(socketDirectory: string): Promise<Answer> {
  const client = new Client({
    host: socketDirectory,
    port: SOCKET_PORT,
    user: ROLE,
    database: 'postgres',
    connectionTimeoutMillis: PING_TIMEOUT_MS,
  });
  // A server that dies during the call says so here too; the call itself fails as well.
  client.on('error', () => {});
  try {
    await client.connect();
    await ensureDatabase(client);
    return 'ready';
  } catch (error) {
    if (isAbsent(error)) return 'absent';
    if (isBusy(error)) return 'busy';
    throw error;
  } finally {
    await client.end().catch(() => {});
  }
}

async function ensureDatabase(client: Client): Promise<void> {
  const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [ROLE]);
  if (rowCount !== 0) return;
  await client.query(`create database ${ROLE}`).catch((cause: unknown) => {
    // Another process made it in between; 23505 is how two at the very same moment look.
    if (!['42P04', '23505'].includes(codeOf(cause))) throw cause;
  });
}

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : '');
const isAbsent = (error: unknown) => ['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes(codeOf(error));
/** 57P01 to 57P03: shutting down, crashing, starting; no code: the connection ended in the middle. */
const isBusy = (error: unknown) => codeOf(error).startsWith('57P0') || codeOf(error) === '';
