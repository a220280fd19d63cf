import { invariant } from '../errors/invariant.ts';
import type { MarshalledError } from '../errors/marshal.ts';
import type { ErasedStep, Step, StepContext, Stored } from './step.ts';

declare const inputType: unique symbol;

/** A workflow by name, for callers that enqueue it without its steps: `workflowRef<BootServer>('boot-server')`. */
export interface WorkflowRef<Input extends object> {
  readonly name: string;
  /** Carries the input type; absent at run time. */
  readonly [inputType]?: (input: Input) => void;
}

/** What the engine needs of a workflow. */
export interface WorkflowDefinition {
  readonly name: string;
  readonly steps: readonly ErasedStep[];
  readonly unwound: ((scope: never, w: StepContext) => unknown) | null;
  /** Whether it ends for newer work on its subject; otherwise that waits for it. */
  readonly givesWay: boolean;
}

/** What the unwound hook sees: the input, the results of the steps that succeeded, and why the workflow failed. */
export type Unwound<Input, Results> = Input & Partial<Results> & { readonly failure: MarshalledError };

/** A workflow under construction and, at the end of the chain, the definition itself. Immutable: each call makes a new one. */
export class Workflow<Input extends object, Results extends object> implements WorkflowRef<Input>, WorkflowDefinition {
  declare readonly [inputType]?: (input: Input) => void;
  readonly name: string;
  readonly steps: readonly ErasedStep[];
  readonly unwound: WorkflowDefinition['unwound'];
  readonly givesWay: boolean;

  constructor({ name, steps, unwound, givesWay }: WorkflowDefinition) {
    this.name = name;
    this.steps = steps;
    this.unwound = unwound;
    this.givesWay = givesWay;
  }

  /** Adds a step: its functions see the input and the results of the steps before, each under its name. */
  step<const N extends string, Out>(
    name: N extends keyof (Input & Results) ? never : N,
    step: Step<Input & Results, Out>,
  ): Workflow<Input, Results & { readonly [K in N]: Stored<Awaited<Out>> }> {
    invariant(/^[\w-]+$/.test(name), `the step name "${name}" is made of letters, digits, - and _`);
    invariant(!this.steps.some((other) => other.name === name), `${this.name} has one step named ${name}`);
    return new Workflow({ ...this.#parts, steps: [...this.steps, { ...step, name }] });
  }

  /** What to do once everything is undone, for example to put the subject into error with its fault; durable and retried like an undo. */
  onUnwound(hook: (scope: Unwound<Input, Results>, w: StepContext) => Promise<unknown> | unknown): Workflow<Input, Results> {
    invariant(this.unwound === null, `${this.name} has one hook for its unwinding`);
    return new Workflow({ ...this.#parts, unwound: hook });
  }

  /** For work that nobody else would do: newer work on its subject does not supersede it, but waits. It should be short. */
  withoutGivingWay(): Workflow<Input, Results> {
    return new Workflow({ ...this.#parts, givesWay: false });
  }

  get #parts(): WorkflowDefinition {
    const { name, steps, unwound, givesWay } = this;
    return { name, steps, unwound, givesWay };
  }
}

/** Names a workflow for callers of `enqueue` that do not hold its steps. */
export const workflowRef = <Input extends object>(name: string): WorkflowRef<Input> => ({ name });

/**
 * Begins a definition.
 * @example workflow<BootServer>('boot-server').step('target', { do: ({ flavor }) => scheduler.selectHost({ flavor }) })
 */
export const workflow = <Input extends object>(ref: string | WorkflowRef<Input>): Workflow<Input, object> =>
  new Workflow({ name: typeof ref === 'string' ? ref : ref.name, steps: [], unwound: null, givesWay: true });
