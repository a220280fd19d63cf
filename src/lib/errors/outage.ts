/** The code that an error carries: SQLSTATE (five characters) from a database, ECONNREFUSED and the like from a socket; '' when it has none. */
export const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

/**
 * Codes of what is temporarily unavailable: a server that is unreachable, starting, stopping or too slow (57014), one that is out of
 * disk space, memory or connections (53...), a full disk of our own.
 */
const PASSING =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ENOSPC|EDQUOT|57014|57P0[123]|08...|53[123]00)$/;

/** pg's messages for a connection that was lost or not made; these errors have no code. */
const PASSING_WORDS =
  /^(Connection terminated|Client (has encountered a connection error|was closed) and is not queryable|timeout exceeded when trying to connect|timeout expired|Query read timeout)/;

/** Whether a dependency (a database, a service) is temporarily unavailable, so that a retry may help. */
export function isOutage(error: unknown): boolean {
  const code = codeOf(error);
  if (code === '') return error instanceof Error && PASSING_WORDS.test(error.message);
  // ENOENT is an outage only for a unix socket, not for a file.
  return PASSING.test(code) || (code === 'ENOENT' && error instanceof Error && 'syscall' in error && error.syscall === 'connect');
}
