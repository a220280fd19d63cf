import { invariant } from '../errors/invariant.ts';
import type { Move } from './plan.ts';
import type { WorkflowDefinition } from './workflow.ts';

/** Fences that one workflow may use: one for each step, each undo, and the finish hook. */
const FENCES_PER_WORKFLOW = 1_000;
const MAX_STEPS = (FENCES_PER_WORKFLOW - 2) / 2;

/**
 * A number that rises with each move of one subject's workflows, in the order in which they run; retries of a move share it. A receiver
 * that remembers the highest fence it has seen can refuse a stale request. This relies on a subject's workflows being enqueued under a
 * lock of the subject: only then do their numbers have the order in which they were written.
 * @param seq the workflow's place among all workflows
 */
export function fenceOf(seq: number, { steps }: Pick<WorkflowDefinition, 'steps'>, move: Exclude<Move, { kind: 'end' }>): number {
  invariant(steps.length <= MAX_STEPS, `a workflow has at most ${MAX_STEPS} steps`);
  const last = FENCES_PER_WORKFLOW - 1;
  if (move.kind === 'unwound') return seq * FENCES_PER_WORKFLOW + last;
  const index = steps.findIndex(({ name }) => name === move.step.name);
  return seq * FENCES_PER_WORKFLOW + (move.kind === 'do' ? index : last - 1 - index);
}
