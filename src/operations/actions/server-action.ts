/** What a server action is: one declaration from which route, messages, manager, workflow, audit and tests follow. */
import { type Static, type TNull, type TSchema, Type as t } from '@sinclair/typebox';
import type { Window } from '../../lib/versioning/microversion.ts';
import type { HeadOf, TypeLike } from '../../lib/versioning/shape.ts';
import type { WorkflowRef } from '../../lib/workflow/workflow.ts';
import type { VirtAbility } from '../../objects/virt-ability.ts';
import type { PolicyRule } from '../../policy/rules.ts';
import type { TransitionName } from '../lifecycle.ts';
import type { AskedOnHost, OnHost, OnRecord, RecordChange } from './work.ts';

/** An action that takes no argument. */
export const noInput = t.Null();

/** The body of an action without an argument; like Nova, it accepts and ignores any value. */
const anything = t.Unknown();

/** How the OpenStack API requests an action: POST /servers/{id}/action {key: body}. The body is converted to the API-neutral input here. */
export interface RestFace<Input> extends Window {
  readonly key: string;
  readonly body: TypeLike;
  readonly input: (body: never) => Input;
  readonly status: number;
  /** The answer: the server, the administrator's new password, the action's own result in this schema, the address of an image in the header Location, or nothing. */
  readonly answers:
    | 'nothing'
    | 'server'
    | 'password'
    | { readonly schema: TSchema; readonly of: (answer: never) => unknown }
    | { readonly imageLocation: (answer: never) => string | null };
}

/** An action that sends a message to the server's host. */
interface AtHost {
  /** The compute contract version that introduced the message (src/compute/rpcapi.ts); the first one by default. */
  readonly contractSince?: number | undefined;
}

/** A task on the server's host, run by a workflow that sets and clears the task state as the lifecycle row says. */
export interface HostTask<Input> extends AtHost {
  readonly onHost: (work: OnHost<Input>) => Promise<void>;
}

/** A change to the server's record that involves no host. */
export interface RecordEdit<Input> {
  readonly onRecord: (work: OnRecord<Input>) => RecordChange;
}

/** A workflow of its own. The compute API (`prepareWork`) resolves the caller's input into the workflow's input. */
export interface OwnWorkflow<Work extends object> {
  readonly workflow: WorkflowRef<Work>;
}

/** A call that the host answers synchronously. */
export interface HostQuestion<Input, Answer extends TSchema> extends AtHost {
  readonly ask: (question: AskedOnHost<Input>) => Promise<Static<Answer>>;
  readonly returns: Answer;
}

/** How an action is carried out: one of four kinds. */
export type Does<Input> = HostTask<Input> | RecordEdit<Input> | OwnWorkflow<never> | HostQuestion<Input, TSchema>;

/** A server action: its policy, its API, its execution. The lifecycle row holds its states. */
export interface ServerAction<I extends TSchema = TSchema, D = Does<never>> {
  /** The name in os-instance-actions and on the queue. */
  readonly name: string;
  /** One sentence for docs and OpenAPI. */
  readonly summary: string;
  readonly policy: PolicyRule;
  /** The API-neutral input, shared by queue, workflow and every API. */
  readonly input: I;
  readonly rest: readonly RestFace<Static<I>>[];
  /** The capability that the hypervisor needs; without it the caller gets "not implemented". */
  readonly needs?: VirtAbility | undefined;
  rowFor(input: Static<I>): TransitionName;
  readonly does: D;
}

interface Face<Input, X extends TypeLike> extends Window {
  readonly key: string;
  /** Any body by default. */
  readonly body?: X;
  /** Left out when the action takes no input. */
  readonly input?: (body: HeadOf<X>) => Input;
  /** 202 by default. */
  readonly status?: number;
  readonly answers?: RestFace<Input>['answers'];
}

/** Declares how the OpenStack API requests an action. */
export const restFace = <const Input = null, X extends TypeLike = TSchema>({
  body,
  input,
  status,
  answers,
  ...face
}: Face<Input, X>): RestFace<Input> => ({
  ...face,
  body: body ?? anything,
  // Seam: an action without input has null as its input; the types allow leaving out `input` only then.
  input: input ?? (() => null as Input),
  status: status ?? 202,
  answers: answers ?? 'nothing',
});

/** An action whose name is not a lifecycle row must map its input to one. */
type WhichRow<N extends string, Input> = N extends TransitionName
  ? { readonly rowFor?: (input: Input) => TransitionName }
  : { readonly rowFor: (input: Input) => TransitionName };

type Declared<N extends string, I extends TSchema> = WhichRow<N, Static<I>> & {
  readonly summary: string;
  readonly policy: PolicyRule;
  readonly input?: I;
  /** One face, or one for each form that the API has had. */
  readonly rest: RestFace<NoInfer<Static<I>>> | readonly RestFace<NoInfer<Static<I>>>[];
  readonly needs?: VirtAbility;
};

const declare = <const N extends string, I extends TSchema, D>(
  name: N,
  { input, rest, rowFor, summary, policy, needs }: Declared<N, I>,
  does: D,
): ServerAction<I, D> & { readonly name: N } => ({
  name,
  summary,
  policy,
  // Seam: without `input`, I is the type of `noInput`.
  input: input ?? (noInput as TSchema as I),
  rest: (Array.isArray(rest) ? rest : [rest]) as readonly RestFace<Static<I>>[],
  needs,
  // Without `rowFor` the name is a lifecycle row: WhichRow enforces it.
  rowFor: rowFor ?? (() => name as string as TransitionName),
  does,
});

/** Declares an action that runs as a task on the server's host. It does not compile without its lifecycle row. */
export const hostTask = <const N extends string, I extends TSchema = TNull>(name: N, declared: Declared<N, I> & HostTask<Static<I>>) =>
  declare<N, I, HostTask<Static<I>>>(name, declared, { onHost: declared.onHost, contractSince: declared.contractSince });

/** Declares an action that only changes the server's record. */
export const recordEdit = <const N extends string, I extends TSchema = TNull>(name: N, declared: Declared<N, I> & RecordEdit<Static<I>>) =>
  declare<N, I, RecordEdit<Static<I>>>(name, declared, { onRecord: declared.onRecord });

/** Declares an action with its own workflow. */
export const workflowAction = <const N extends string, Work extends object, I extends TSchema = TNull>(
  name: N,
  declared: Declared<N, I> & OwnWorkflow<Work>,
) => declare<N, I, OwnWorkflow<Work>>(name, declared, { workflow: declared.workflow });

/** Declares an action that the server's host answers synchronously. */
export const hostQuestion = <const N extends string, R extends TSchema, I extends TSchema = TNull>(
  name: N,
  declared: Declared<N, I> & HostQuestion<Static<I>, R>,
) => {
  const { ask, returns, contractSince } = declared;
  return declare<N, I, HostQuestion<Static<I>, R>>(name, declared, { ask, returns, contractSince });
};
