import { beginStep, endStep } from '../../db/stores/action-events.ts';
import { messageOf, NovaError } from '../../lib/errors/error-type.ts';
import type { ErasedStep, StepContext } from '../../lib/workflow/step.ts';
import type { WorkflowDefinition } from '../../lib/workflow/workflow.ts';
import type { WorkflowDeps } from './deps.ts';

/** What a step's scope may say of where it works: the input, or the result of the step that found a host. */
interface Scope {
  readonly serverId: string;
  readonly host?: string | null;
  readonly action?: string;
  readonly claim?: { readonly host: string };
}

/** Under which name users see a step. */
type EventName = string | ((scope: Scope) => string);

/**
 * Workflow -> step -> event of os-instance-actions: `compute_` for what a host does, `conductor_` for what is decided here.
 * The names are those that Nova's clients know where it has the step too; steps that are not here are nobody's business but ours.
 */
const eventNames: Readonly<Record<string, Readonly<Record<string, EventName>>>> = {
  'boot-server': {
    target: 'conductor_select_destinations',
    ports: 'conductor_allocate_networks',
    guest: 'compute__do_build_and_run_instance',
  },
  'server-action': { perform: ({ action }) => `compute_${action}_instance` },
  'delete-server': { guest: 'compute_terminate_instance' },
};

/** The workflow, telling the server's actions of its steps. */
export const withActionEvents = (deps: WorkflowDeps, definition: WorkflowDefinition): WorkflowDefinition => ({
  name: definition.name,
  unwound: definition.unwound,
  steps: definition.steps.map((step) => {
    const name = eventNames[definition.name]?.[step.name];
    return name === undefined ? step : told(deps, step, name);
  }),
});

function told(deps: WorkflowDeps, step: ErasedStep, name: EventName): ErasedStep {
  const around = async (scope: Scope, w: StepContext): Promise<unknown> => {
    const key = { workflowId: w.workflowId, step: step.name };
    const event = typeof name === 'string' ? name : name(scope);
    const host = event.startsWith('compute_') ? (scope.host ?? scope.claim?.host ?? null) : null;
    await orLogged(deps, w, beginStep(deps.db, { ...key, serverId: scope.serverId, requestId: w.ctx.requestId, event, host }));
    try {
      // Seam: the step's own types were erased when it was put into its definition; the scope passes as it came.
      const result: unknown = await step.do(scope as never, w);
      await orLogged(deps, w, endStep(deps.db, key));
      return result;
    } catch (error) {
      await orLogged(deps, w, endStep(deps.db, key, failureOf(error)));
      throw error;
    }
  };
  return { ...step, do: around };
}

/** What nobody declared has a message for operators only. */
const failureOf = (error: unknown) => ({
  traceback: error instanceof Error ? (error.stack ?? messageOf(error)) : messageOf(error),
  details: error instanceof NovaError ? error.message : 'An unexpected error happened on the way.',
});

/** The story must not change what it tells: a step is no worse for its event being lost. */
const orLogged = (deps: WorkflowDeps, w: StepContext, written: Promise<void>): Promise<void> =>
  written.catch((error: unknown) =>
    deps.log.warn({ workflowId: w.workflowId, step: w.step, error: messageOf(error) }, 'an event of a server action was lost'),
  );
