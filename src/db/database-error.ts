/** The code of an error from the database (SQLSTATE, five characters) or from the way to it (ECONNREFUSED, ...); '' when it has none. */
export const databaseCode = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

/** Codes of a server that is not there now but may be soon: the way is closed, or it starts, stops or is full. */
const PASSING = /^(ENOENT|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|57P0[123]|08...|53300)$/;

/** pg's own words for a connection that ended or did not come; these errors have no code. */
const PASSING_WORDS = /^(Connection terminated|timeout exceeded when trying to connect|timeout expired)/;

/** Whether waiting may help: the server is unreachable, starting, stopping or full. */
export function isUnreachable(error: unknown): boolean {
  const code = databaseCode(error);
  return code === '' ? error instanceof Error && PASSING_WORDS.test(error.message) : PASSING.test(code);
}
