/** The code that an error carries: SQLSTATE (five characters) from a database, ECONNREFUSED and the like from a socket; '' when it has none. */
export const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

/** Codes of a server that is not there now but may be soon: the way is closed, or it starts, stops or is full. */
const PASSING = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|57P0[123]|08...|53300)$/;

/** pg's own words for a connection that ended or did not come; these errors have no code. */
const PASSING_WORDS =
  /^(Connection terminated|Client (has encountered a connection error|was closed) and is not queryable|timeout exceeded when trying to connect|timeout expired)/;

/** Whether something that we need (a database, a service) is away just now, so that waiting may help. */
export function isOutage(error: unknown): boolean {
  const code = codeOf(error);
  if (code === '') return error instanceof Error && PASSING_WORDS.test(error.message);
  // A missing file is no outage; a missing unix socket is.
  return PASSING.test(code) || (code === 'ENOENT' && error instanceof Error && 'syscall' in error && error.syscall === 'connect');
}
