import type { Statement } from './database.ts';
import { advance, claim } from './statements.ts';

/**
 * A second record of the steps. The log's own statements write it, so it agrees with the log after any crash and costs no extra
 * statement. At most one step of a workflow runs at a time.
 */
export interface Chronicle {
  /** SQL over the rows of `begun`, one per step that starts or restarts: workflow_id, definition, subject, input, ctx, step. */
  readonly begins: string;
  /**
   *    * SQL over the row of `ended`, the workflow whose running step has ended: workflow_id, account (if it failed) and next_step.
   * It must not touch next_step: if the answer was lost the statement is retried, and by then that step is already running.
   */
  readonly ends: string;
  /** How a failure is recorded. */
  readonly accountOf: (error: unknown) => object;
}

/** The log's statements, extended with what they write to the chronicle. */
export interface LogStatements {
  readonly claim: Statement;
  /** Its last parameter is the account of the failure, or null. */
  readonly advance: Statement;
}

/** No-ops for an engine without a chronicle. */
const NOTHING: Pick<Chronicle, 'begins' | 'ends'> = { begins: 'select from begun', ends: 'select from ended' };

/** Builds the log's statements so that they also write this chronicle. */
export function logStatements(chronicle: Chronicle | undefined): LogStatements {
  const { begins, ends } = chronicle ?? NOTHING;
  const suffix = chronicle ? '-told' : '';
  return {
    claim: { name: claim.name + suffix, text: claim.text(begins) },
    advance: { name: advance.name + suffix, text: advance.text(begins, ends) },
  };
}
