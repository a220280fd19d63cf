/** `nova-ts manage psql`: opens the database of a cloud in PostgreSQL's own client. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { errorType } from '../lib/errors/error-type.ts';
import { databaseUrl } from './cloud/database.ts';
import type { Runtime } from './cloud/runtime.ts';

const PsqlMissing = errorType(
  'PsqlMissing',
  'unavailable',
  () => "PostgreSQL's client psql is missing; install it with: apt-get install postgresql-client",
);

const ignore = (): void => {};

/** Runs psql with these arguments; @returns its exit status. */
export async function psql(open: () => Runtime, args: readonly string[]): Promise<number> {
  const runtime = open();
  // Ctrl-C is for psql, which then cancels its query.
  process.on('SIGINT', ignore);
  try {
    const env = { ...process.env, ...connectionEnvironment(await databaseUrl(runtime)) };
    const child = spawn('psql', [...args], { env, stdio: 'inherit' });
    const [status] = await once(child, 'exit').catch((cause: NodeJS.ErrnoException) => {
      throw cause.code === 'ENOENT' ? PsqlMissing({}, { cause }) : cause;
    });
    return status ?? 1;
  } finally {
    process.off('SIGINT', ignore);
    await runtime.life.end();
  }
}

/** What libpq reads of the environment: unlike arguments, nobody else sees it. */
const parameters: Readonly<Record<string, string>> = {
  host: 'PGHOST',
  port: 'PGPORT',
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
};

/** The environment with which libpq's programs connect to the database of a URL. */
export function connectionEnvironment(url: string): Readonly<Record<string, string>> {
  // As in `describeUrl`: a socket has no host in the authority.
  const { username, password, hostname, port, pathname, searchParams } = new URL(
    url.replace('@/', '@socket/').replace(':///', '://socket/'),
  );
  const isSocket = searchParams.has('host');
  const parts = {
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
    PGHOST: isSocket ? '' : decodeURIComponent(hostname).replace(/^\[(.*)\]$/, '$1'),
    PGPORT: port,
    PGDATABASE: decodeURIComponent(pathname.slice(1)),
  };
  const given = Object.entries(parameters).flatMap(([name, variable]) => {
    const value = searchParams.get(name);
    return value === null ? [] : [[variable, value] as const];
  });
  return Object.fromEntries([...Object.entries(parts).filter(([, value]) => value !== ''), ...given]);
}
