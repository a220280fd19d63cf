/**
 * The messages between services, one contract value per topic. Client, manager interface, validation and golden file derive from it;
 * nothing here sends anything. Old and new processes share a queue, so a parameter may only be added as optional, or removed when it is
 * optional and unread; receivers ignore undeclared parameters. A contract whose receivers may be older than its senders has a number,
 * and a message added later says `since` which number it exists.
 */
import {
  type Static,
  type TNull,
  type TObject,
  type TProperties,
  type TSchema,
  type TUndefined,
  type TVoid,
  Type as t,
} from '@sinclair/typebox';
import type { Context } from '../context/context.ts';
import { invariant } from '../errors/invariant.ts';

/** Who gets a message: one of all consumers of the topic, the named host, or every consumer. */
export type Target = 'any' | 'host' | 'all';

/** A message without an answer: sending it resolves when the bus has accepted it. */
export interface Cast<P extends TProperties, T extends Target> {
  readonly kind: 'cast';
  readonly to: T;
  readonly params: TObject<P>;
  readonly since?: number;
}

/** A message with an answer (or an error); the caller waits at most `timeoutMs`. */
export interface Call<P extends TProperties, T extends 'any' | 'host', R extends TSchema> {
  readonly kind: 'call';
  readonly to: T;
  readonly params: TObject<P>;
  readonly returns: R;
  readonly timeoutMs?: number;
  readonly since?: number;
}

/** Work for a host: sent like a cast; the host reports under its `taskId` when it is done. */
export interface Task<P extends TaskParams, R extends TSchema = TNull> {
  readonly kind: 'task';
  readonly to: 'host';
  readonly params: TObject<P>;
  /** The schema of the value that a successful task reports. */
  readonly reports: R;
  readonly since?: number;
}

/** The parameters of a task: the id to report under, and others. */
export type TaskParams = TProperties & { readonly taskId: TSchema };

/** Any message of a contract. */
export type Message = Cast<TProperties, Target> | Call<TProperties, 'any' | 'host', TSchema> | Task<TaskParams, TSchema>;
export type Messages = Readonly<Record<string, Message>>;

/** The messages of one topic by name. */
export interface Contract<M extends Messages> {
  readonly topic: string;
  readonly messages: M;
  /** Counts the changes of the contract. Only for contracts whose receivers publish the number they speak. */
  readonly number?: number;
}

/** Declares a message without an answer. */
export const cast = <P extends TProperties, const T extends Target>(message: {
  to: T;
  params: P;
  since?: number | undefined;
}): Cast<P, T> => ({
  kind: 'cast',
  to: message.to,
  params: t.Object(message.params),
  ...(message.since === undefined ? {} : { since: message.since }),
});

/** Declares work for a host; without `reports` it reports only success or failure. */
export function task<P extends TaskParams>(message: { params: P; since?: number | undefined }): Task<P, TNull>;
export function task<P extends TaskParams, R extends TSchema>(message: { params: P; reports: R; since?: number | undefined }): Task<P, R>;
export function task<P extends TaskParams>({
  params,
  reports = t.Null(),
  since,
}: {
  params: P;
  reports?: TSchema;
  since?: number | undefined;
}) {
  return { kind: 'task', to: 'host', params: t.Object(params), reports, ...(since === undefined ? {} : { since }) };
}

/** Declares a message with an answer; `returns: t.Null()` means that it answers only with success or failure. */
export const call = <P extends TProperties, const T extends 'any' | 'host', R extends TSchema>(message: {
  to: T;
  params: P;
  returns: R;
  timeoutMs?: number;
  since?: number | undefined;
}): Call<P, T, R> => ({
  kind: 'call',
  to: message.to,
  params: t.Object(message.params),
  returns: message.returns,
  ...(message.timeoutMs === undefined ? {} : { timeoutMs: message.timeoutMs }),
  ...(message.since === undefined ? {} : { since: message.since }),
});

/** Declares the messages of a topic. A topic has one contract: two would consume each other's messages. */
export const contract = <M extends Messages>(topic: string, messages: M, { number }: { number?: number } = {}): Contract<M> => {
  for (const [name, message] of Object.entries(messages)) {
    // The client takes `host` from among the parameters as the address, so it cannot be one of them.
    invariant(
      message.to !== 'host' || !('host' in message.params.properties),
      `${topic}.${name} goes to a host and has no parameter of that name`,
    );
    invariant(sinceOf(message) <= (number ?? FIRST_NUMBER), `${topic}.${name} is since no later number than that of its contract`);
  }
  return { topic, messages, ...(number === undefined ? {} : { number }) };
};

/** The contract number of a receiver that publishes none: it predates the numbers. */
export const FIRST_NUMBER = 1;

/** The first contract number whose receivers know the message. */
export const sinceOf = ({ since = FIRST_NUMBER }: Pick<Message, 'since'>): number => since;

type Nothing = TNull | TVoid | TUndefined;
type ParamsOf<M> = M extends { params: infer P extends TSchema } ? Static<P> : never;
type Where<M> = M extends { to: 'host' } ? { host: string } : unknown;
type ValueOf<R extends TSchema, Void> = R extends Nothing ? Void : Static<R>;
type ResultOf<M, Void> = M extends { returns: infer R extends TSchema } ? ValueOf<R, Void> : void;
type ReportOf<M, Void> = M extends { reports: infer R extends TSchema } ? ValueOf<R, Void> : never;

/** What sending a task returns: how to read its later report. */
export interface Receipt<R> {
  /** The reported value, checked against the contract. */
  readonly read: (reported: unknown) => R;
}

/** The result of a client method. */
type Sent<M> = M extends { kind: 'task' } ? Receipt<ReportOf<M, void>> : ResultOf<M, void>;

/** The result of a manager method. For a task: what it reported, or undefined when it failed or was skipped. */
type Handled<M> = M extends { kind: 'task' } ? ReportOf<M, void | null> | undefined : ResultOf<M, void | null>;

/** What a sender sees: one method per message; `host` is a parameter exactly where the message goes to a host. */
export type Client<C> =
  C extends Contract<infer M>
    ? { readonly [K in keyof M]: (ctx: Context, params: ParamsOf<M[K]> & Where<M[K]>) => Promise<Sent<M[K]>> }
    : never;

/** What a receiver implements: one method per message; a missing one is a compile error. */
export type Manager<C> =
  C extends Contract<infer M> ? { [K in keyof M]: (ctx: Context, params: ParamsOf<M[K]>) => Promise<Handled<M[K]>> } : never;
