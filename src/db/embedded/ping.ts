import { Client } from 'pg';
import { ROLE } from './authentication.ts';
import { SOCKET_PORT } from './socket-directory.ts';

/** A server's answer to a ping: it is ready, it is starting or stopping, or there is none. */
export type Answer = 'ready' | 'busy' | 'absent';

/** How long a server may take to answer one ping. */
const PING_TIMEOUT_MS = 5_000;

/** The connection string for the program's database behind a socket directory. */
export const urlOf = (socketDirectory: string) =>
  `postgres://${ROLE}@/${ROLE}?host=${encodeURIComponent(socketDirectory)}&port=${SOCKET_PORT}`;

/** Connects to the server behind a socket directory, and creates the program's database if it is missing. */
export async function ping(socketDirectory: string): Promise<Answer> {
  const client = new Client({
    host: socketDirectory,
    port: SOCKET_PORT,
    user: ROLE,
    database: 'postgres',
    connectionTimeoutMillis: PING_TIMEOUT_MS,
  });
  // A connection lost during the ping is also reported here; the ping itself fails as well.
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
    // Another process created it first; 23505 is raised when two do so at the same moment.
    if (!['42P04', '23505'].includes(codeOf(cause))) throw cause;
  });
}

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : '');
const isAbsent = (error: unknown) => ['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes(codeOf(error));
/** 57P01 to 57P03: shutting down, crashing, starting; no code: the connection was lost. */
const isBusy = (error: unknown) => codeOf(error).startsWith('57P0') || codeOf(error) === '';
