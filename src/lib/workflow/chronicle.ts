import type { Statement } from './database.ts';
import { advance, claim } from './statements.ts';

/**
 * Another book that tells of steps. It is written by the statements of the log themselves: so it says what the log says, whoever dies when,
 * and costs no statement of its own. Of a workflow at most one step is under way.
 */
export interface Chronicle {
  /** A statement about the rows of `begun`, each a step that begins, maybe again: workflow_id, definition, subject, input, ctx, step. */
  readonly begins: string;
  /**
   * A statement about the row of `ended`, the workflow whose step under way has ended: workflow_id, account where it failed, and next_step,
   * which must be left alone: when the answer to the statement was lost, it runs again, and that step is under way already.
   */
  readonly ends: string;
  /** What is told of a failure. */
  readonly accountOf: (error: unknown) => object;
}

/** The statements of the log, with what they write besides. */
export interface LogStatements {
  readonly claim: Statement;
  /** With an account of the failure, or null, as its last parameter. */
  readonly advance: Statement;
}

/** What is written where nobody else tells of steps. */
const NOTHING: Pick<Chronicle, 'begins' | 'ends'> = { begins: 'select from begun', ends: 'select from ended' };

/** The log's statements that also write this chronicle. */
export function logStatements(chronicle: Chronicle | undefined): LogStatements {
  const { begins, ends } = chronicle ?? NOTHING;
  const suffix = chronicle ? '-told' : '';
  return {
    claim: { name: claim.name + suffix, text: claim.text(begins) },
    advance: { name: advance.name + suffix, text: advance.text(begins, ends) },
  };
}
