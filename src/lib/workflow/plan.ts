import type { MarshalledError } from '../errors/marshal.ts';
import { WorkflowSuperseded } from './errors.ts';
import type { ErasedStep } from './step.ts';
import type { LogEntry } from './store.ts';
import type { WorkflowStatus } from './tables.ts';
import type { WorkflowDefinition } from './workflow.ts';

/** What to do next with a workflow. */
export type Move =
  | { readonly kind: 'do' | 'undo'; readonly step: ErasedStep }
  | { readonly kind: 'unwound' }
  | { readonly kind: 'end'; readonly status: WorkflowStatus };

/** The name under which the finish hook is logged; no step can have it. */
export const UNWOUND_STEP = '$unwound';

/** All that the decision depends on: the log's facts, encoded by `fact`, and the failure if there is one. */
export interface Progress {
  readonly facts: ReadonlySet<string>;
  readonly failure: MarshalledError | null;
}

/** A log entry as a key for the set of facts. */
export const fact = (phase: LogEntry['phase'], step: string): string => `${phase} ${step}`;

/** Decides from the log alone: forward through the steps; after a failure back through those that began, then the finish hook. */
export function nextMove(definition: WorkflowDefinition, { facts, failure }: Progress): Move {
  if (!failure) {
    const step = definition.steps.find(({ name }) => !facts.has(fact('done', name)));
    return step ? { kind: 'do', step } : { kind: 'end', status: 'done' };
  }
  const step = definition.steps.findLast(
    ({ name, undo }) => undo && (facts.has(fact('done', name)) || facts.has(fact('failed', name))) && !facts.has(fact('undone', name)),
  );
  if (step) return { kind: 'undo', step };
  if (definition.unwound && !facts.has(fact('done', UNWOUND_STEP))) return { kind: 'unwound' };
  return { kind: 'end', status: failure.code === WorkflowSuperseded.code ? 'superseded' : 'undone' };
}

/** The status of a workflow that is about to make this move. */
export const statusAt = (move: Move, failure: MarshalledError | null): WorkflowStatus =>
  move.kind === 'end' ? move.status : failure ? 'unwinding' : 'running';

/** The step that a move works on, as the row and the log call it; null at the end. */
export const stepOf = (move: Move): string | null => (move.kind === 'end' ? null : move.kind === 'unwound' ? UNWOUND_STEP : move.step.name);
