import { errorType } from '../../lib/errors/error-type.ts';

/** Why a database URL is malformed; shown to the operator at start. */
export const BadDatabaseUrl = errorType(
  'BadDatabaseUrl',
  'invalid',
  (p: { problem: string }) =>
    `The database URL ${p.problem}; it looks like postgres://user:password@host:5432/database or postgres://user@/database?host=/socket/directory.`,
);

/** Checks the form of a database URL and describes it without its password: `nova at db.example:5432`, `nova at /run/postgresql`. */
export function describeUrl(url: string): string {
  if (!/^postgres(ql)?:\/\//.test(url)) throw BadDatabaseUrl({ problem: 'does not begin with postgres://' });
  // URL rejects an empty host after a user, which is the usual notation for a socket.
  const parsed = URL.parse(url.replace('@/', '@socket/').replace(':///', '://socket/'));
  if (!parsed) throw BadDatabaseUrl({ problem: 'is malformed' });
  const database = parsed.pathname.slice(1);
  if (database === '') throw BadDatabaseUrl({ problem: 'names no database' });
  return `${decodeURIComponent(database)} at ${parsed.searchParams.get('host') ?? parsed.host}`;
}
