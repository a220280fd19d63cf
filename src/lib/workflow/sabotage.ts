import type { QueryResultRow } from 'pg';
import { errorType } from '../errors/error-type.ts';
import type { Statement, WorkflowPool } from './database.ts';
import { advance } from './statements.ts';
import type { ErasedStep, StepContext } from './step.ts';
import type { WorkflowDefinition } from './workflow.ts';

// Ways to harm a workflow, for the proof that it survives them.

/** What befalls a step: it fails before it acted or after, or the workflow is asked to give way while it is at work. */
export interface Fault {
  readonly step: string;
  readonly what: (typeof faults)[number];
}

/** All that can befall a step. */
export const faults = ['fails before', 'fails after', 'gives way'] as const;

/** The end of a process: before or after the n-th write of the log took effect. */
export interface Crash {
  readonly write: number;
  readonly when: 'before' | 'after';
}

/** How a step fails here: not to be retried, and of nobody else's making. */
export const Sabotaged = errorType('Sabotaged', 'internal', (p: { step: string }) => `Step ${p.step} was made to fail.`);

/** What a process that crashed answers to everything. */
export const Crashed = errorType('Crashed', 'internal', () => 'This process is dead.');

/** The definition with a fault in one step; `giveWay` asks the workflow of this id to give way. */
export const withFault = (definition: WorkflowDefinition, fault: Fault, giveWay: (id: string) => Promise<unknown>): WorkflowDefinition => ({
  name: definition.name,
  unwound: definition.unwound,
  steps: definition.steps.map((step) => (step.name === fault.step ? faulty(step, fault, giveWay) : step)),
});

const faulty = (step: ErasedStep, { what }: Fault, giveWay: (id: string) => Promise<unknown>): ErasedStep => ({
  ...step,
  do: async (scope, w) => {
    if (what === 'fails before') throw Sabotaged({ step: step.name });
    if (what === 'gives way') await giveWay(w.workflowId);
    const result = await step.do(scope, w);
    if (what === 'fails after') throw Sabotaged({ step: step.name });
    return result;
  },
});

/** The definition with each step, undo and finish hook running twice in a row. */
export const withRepeats = ({ name, steps, unwound }: WorkflowDefinition): WorkflowDefinition => ({
  name,
  unwound: unwound ? twice(unwound) : null,
  steps: steps.map((step) => ({ ...step, do: twice(step.do), ...(step.undo ? { undo: twice(step.undo) } : {}) })),
});

const twice =
  (act: (scope: never, w: StepContext) => unknown) =>
  async (scope: never, w: StepContext): Promise<unknown> => {
    await act(scope, w);
    return act(scope, w);
  };

/** A pool as a process sees it that crashes at a certain write of the step log. */
export class CrashingPool implements WorkflowPool {
  readonly connect: WorkflowPool['connect'];
  readonly #pool: WorkflowPool;
  readonly #crash: Crash | null;
  #writes = 0;
  crashed = false;

  constructor(pool: WorkflowPool, crash: Crash | null) {
    this.#pool = pool;
    this.#crash = crash;
    this.connect = () => pool.connect();
  }

  async query<Row extends QueryResultRow>(query: Statement & { readonly values: unknown[] }): Promise<{ readonly rows: Row[] }> {
    if (this.crashed) throw Crashed({});
    if (!query.name.startsWith(advance.name) || ++this.#writes !== this.#crash?.write) return this.#pool.query(query);
    this.crashed = true;
    if (this.#crash.when === 'after') await this.#pool.query(query);
    throw Crashed({});
  }
}
