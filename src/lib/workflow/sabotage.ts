import type { QueryResultRow } from 'pg';
import { errorType } from '../errors/error-type.ts';
import type { Statement, WorkflowPool } from './database.ts';
import { advance } from './statements.ts';
import type { ErasedStep, StepContext } from './step.ts';
import type { WorkflowDefinition } from './workflow.ts';

// Faults to inject into a workflow, for the proof that it survives them.

/** A fault in one step: it fails before or after it acts, or the workflow is asked to give way while the step runs. */
export interface Fault {
  readonly step: string;
  readonly what: (typeof faults)[number];
}

/** All kinds of fault. */
export const faults = ['fails before', 'fails after', 'gives way'] as const;

/** A crash of the process, before or after the n-th write of the log took effect. */
export interface Crash {
  readonly write: number;
  readonly when: 'before' | 'after';
}

/** The injected failure: not retried, and not mistaken for any other error. */
export const Sabotaged = errorType('Sabotaged', 'internal', (p: { step: string }) => `Step ${p.step} was made to fail.`);

/** What a crashed process answers to everything. */
export const Crashed = errorType('Crashed', 'internal', () => 'This process is dead.');

/** The definition with a fault in one step; `giveWay` asks the workflow of this id to give way. */
export const withFault = (definition: WorkflowDefinition, fault: Fault, giveWay: (id: string) => Promise<unknown>): WorkflowDefinition => ({
  name: definition.name,
  givesWay: definition.givesWay,
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
export const withRepeats = ({ name, steps, unwound, givesWay }: WorkflowDefinition): WorkflowDefinition => ({
  name,
  givesWay,
  unwound: unwound ? twice(unwound) : null,
  steps: steps.map((step) => ({ ...step, do: twice(step.do), ...(step.undo ? { undo: twice(step.undo) } : {}) })),
});

const twice =
  (act: (scope: never, w: StepContext) => unknown) =>
  async (scope: never, w: StepContext): Promise<unknown> => {
    await act(scope, w);
    return act(scope, w);
  };

/** The pool of a process that crashes at a given write of the step log. */
export class CrashingPool implements WorkflowPool {
  readonly connect: WorkflowPool['connect'];
  readonly #pool: WorkflowPool;
  readonly #crash: Crash | null;
  crashed = false;
  /** How often the log was written. */
  writes = 0;

  constructor(pool: WorkflowPool, crash: Crash | null) {
    this.#pool = pool;
    this.#crash = crash;
    this.connect = () => pool.connect();
  }

  async query<Row extends QueryResultRow>(query: Statement & { readonly values: unknown[] }): Promise<{ readonly rows: Row[] }> {
    if (this.crashed) throw Crashed({});
    if (!query.name.startsWith(advance.name) || ++this.writes !== this.#crash?.write) return this.#pool.query(query);
    this.crashed = true;
    if (this.#crash.when === 'after') await this.#pool.query(query);
    throw Crashed({});
  }
}
