import { errorType } from '../../lib/errors/error-type.ts';

/**
 * Why the embedded PostgreSQL cannot run. It is thrown at start, to an operator at a terminal, and never
 * reaches an API: so, unlike other errors, its message may name directories and users.
 */
export const EmbeddedPostgresFailed = errorType('EmbeddedPostgresFailed', 'unavailable', (p: { problem: string; advice?: string }) =>
  ['Embedded PostgreSQL cannot run: ', p.problem, '.', ...(p.advice === undefined ? [] : [' ', p.advice, '.'])].join(''),
);
