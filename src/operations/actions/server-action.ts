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

/** What the OpenStack API sends for an action that takes no argument; Nova accepts anything there and reads none of it. */
const anything = t.Unknown();

/** How the OpenStack API asks for an action, POST /servers/{id}/action {key: body}; the body becomes the neutral input here, once. */
export interface RestFace<Input> extends Window {
  readonly key: string;
  readonly body: TypeLike;
  readonly input: (body: never) => Input;
  readonly status: number;
  /** What the answer shows: the server itself, the action's own answer in this form, or nothing. */
  readonly answers: 'nothing' | 'server' | { readonly schema: TSchema; readonly of: (answer: never) => unknown };
}

/** What the server's host is sent a message for. */
interface AtHost {
  /** The number of the compute contract from which on hosts know the message (src/compute/rpcapi.ts); the first one, when not said. */
  readonly contractSince?: number | undefined;
}

/** A task of the server's host, by a workflow that takes and gives back the task state as the lifecycle row says. */
export interface HostTask<Input> extends AtHost {
  readonly onHost: (work: OnHost<Input>) => Promise<void>;
}

/** A change of the server's record that no host hears of. */
export interface RecordEdit<Input> {
  readonly onRecord: (work: OnRecord<Input>) => RecordChange;
}

/** A workflow of its own. What the caller asks for is resolved by the compute API (`prepareWork`) into the workflow's input. */
export interface OwnWorkflow<Work extends object> {
  readonly workflow: WorkflowRef<Work>;
}

/** A question that the host answers while the caller waits. */
export interface HostQuestion<Input, Answer extends TSchema> extends AtHost {
  readonly ask: (question: AskedOnHost<Input>) => Promise<Static<Answer>>;
  readonly returns: Answer;
  /** Whether it is among what was done to the server (os-instance-actions). */
  readonly isRecorded?: boolean | undefined;
}

/** What an action does: one of four. */
export type Does<Input> = HostTask<Input> | RecordEdit<Input> | OwnWorkflow<never> | HostQuestion<Input, TSchema>;

/** A thing that can be done to a server: who may, how it is asked for, what happens. Its states are rows of the lifecycle. */
export interface ServerAction<I extends TSchema = TSchema, D = Does<never>> {
  /** The name in os-instance-actions and on the queue. */
  readonly name: string;
  /** One sentence for docs and OpenAPI. */
  readonly summary: string;
  readonly policy: PolicyRule;
  /** What it takes, in our own words: shared by queue, workflow and every API. */
  readonly input: I;
  readonly rest: readonly RestFace<Static<I>>[];
  /** What the host's hypervisor must be able to do; where it cannot, the caller is told that it is not implemented. */
  readonly needs?: VirtAbility | undefined;
  rowFor(input: Static<I>): TransitionName;
  readonly does: D;
}

interface Face<Input, X extends TypeLike> extends Window {
  readonly key: string;
  /** Anything when left out. */
  readonly body?: X;
  /** Left out: the action takes no input. */
  readonly input?: (body: HeadOf<X>) => Input;
  /** 202 when left out. */
  readonly status?: number;
  readonly answers?: RestFace<Input>['answers'];
}

/** Declares how the OpenStack API asks for an action. */
export const restFace = <const Input = null, X extends TypeLike = TSchema>({
  body,
  input,
  status,
  answers,
  ...face
}: Face<Input, X>): RestFace<Input> => ({
  ...face,
  body: body ?? anything,
  // Seam: an action without input has null for one, and `serverAction` takes no face without `input` for another.
  input: input ?? (() => null as Input),
  status: status ?? 202,
  answers: answers ?? 'nothing',
});

/** An action whose name is no lifecycle row must say which row an input asks for. */
type WhichRow<N extends string, Input> = N extends TransitionName
  ? { readonly rowFor?: (input: Input) => TransitionName }
  : { readonly rowFor: (input: Input) => TransitionName };

type Declared<N extends string, I extends TSchema> = WhichRow<N, Static<I>> & {
  readonly summary: string;
  readonly policy: PolicyRule;
  readonly input?: I;
  /** One, or one for each form that the API had. */
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
  // Seam: left out, the input is `noInput`, which is what I stands for then.
  input: input ?? (noInput as TSchema as I),
  rest: (Array.isArray(rest) ? rest : [rest]) as readonly RestFace<Static<I>>[],
  needs,
  // Without a function the name is a row: WhichRow saw to it.
  rowFor: rowFor ?? (() => name as string as TransitionName),
  does,
});

/** Declares an action that is a task of the server's host. It does not compile without its lifecycle row. */
export const hostTask = <const N extends string, I extends TSchema = TNull>(name: N, declared: Declared<N, I> & HostTask<Static<I>>) =>
  declare<N, I, HostTask<Static<I>>>(name, declared, { onHost: declared.onHost, contractSince: declared.contractSince });

/** Declares an action that changes the server's record and nothing else. */
export const recordEdit = <const N extends string, I extends TSchema = TNull>(name: N, declared: Declared<N, I> & RecordEdit<Static<I>>) =>
  declare<N, I, RecordEdit<Static<I>>>(name, declared, { onRecord: declared.onRecord });

/** Declares an action that is carried out by a workflow of its own. */
export const workflowAction = <const N extends string, Work extends object, I extends TSchema = TNull>(
  name: N,
  declared: Declared<N, I> & OwnWorkflow<Work>,
) => declare<N, I, OwnWorkflow<Work>>(name, declared, { workflow: declared.workflow });

/** Declares an action that is a question to the server's host. */
export const hostQuestion = <const N extends string, R extends TSchema, I extends TSchema = TNull>(
  name: N,
  declared: Declared<N, I> & HostQuestion<Static<I>, R>,
) => {
  const { ask, returns, isRecorded, contractSince } = declared;
  return declare<N, I, HostQuestion<Static<I>, R>>(name, declared, { ask, returns, isRecorded, contractSince });
};
