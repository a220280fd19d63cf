import { errorType } from '../../lib/errors/error-type.ts';

/** Why a database URL is malformed; shown to the operator at start. */
export const BadDatabaseUrl = errorType('BadDatabaseUrl', 'invalid', (p: { problem: string }) => `The database URL ${p.problem}.`);

const LOOKS_LIKE = 'it looks like postgres://user:password@host:5432/database or postgres://user@/database?host=/socket/directory';

/** What is wrong with the form of a database URL, as the end of a sentence "the database URL ..."; undefined when nothing is. */
export function databaseUrlProblem(url: string): string | undefined {
  if (!/^postgres(ql)?:\/\//.test(url)) return `does not begin with postgres://; ${LOOKS_LIKE}`;
  const parsed = parse(url);
  if (!parsed) return `is malformed; ${LOOKS_LIKE}`;
  return parsed.pathname.slice(1) === '' ? `names no database; ${LOOKS_LIKE}` : undefined;
}

/** Checks the form of a database URL and describes it without its password: `nova at db.example:5432`, `nova at /run/postgresql`. */
export function describeUrl(url: string): string {
  const problem = databaseUrlProblem(url);
  const parsed = parse(url);
  if (problem !== undefined || !parsed) throw BadDatabaseUrl({ problem: problem ?? 'is malformed' });
  return `${decodeURIComponent(parsed.pathname.slice(1))} at ${parsed.searchParams.get('host') ?? parsed.host}`;
}

/** URL rejects an empty host after a user, which is the usual notation for a socket. */
const parse = (url: string): URL | null => URL.parse(url.replace('@/', '@socket/').replace(':///', '://socket/'));
