/**
 * The messages between services as one value per topic. Client, manager interface, validation and golden file follow from it;
 * nothing here sends anything. Parameters are only ever added (as optional ones) or, when optional and unread, taken away: old and new processes share the queue,
 * and what a message has beyond its declaration is passed over.
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

/** A message nobody answers: sending it resolves when the bus has accepted it. */
export interface Cast<P extends TProperties, T extends Target> {
  readonly kind: 'cast';
  readonly to: T;
  readonly params: TObject<P>;
}

/** A message with an answer (or an error), awaited for at most `timeoutMs`. */
export interface Call<P extends TProperties, T extends 'any' | 'host', R extends TSchema> {
  readonly kind: 'call';
  readonly to: T;
  readonly params: TObject<P>;
  readonly returns: R;
  readonly timeoutMs?: number;
}

/** Any message of a contract. */
export type Message = Cast<TProperties, Target> | Call<TProperties, 'any' | 'host', TSchema>;
export type Messages = Readonly<Record<string, Message>>;

/** The messages of one topic by name. */
export interface Contract<M extends Messages> {
  readonly topic: string;
  readonly messages: M;
}

/** Declares a message without an answer. */
export const cast = <P extends TProperties, const T extends Target>(message: { to: T; params: P }): Cast<P, T> => ({
  kind: 'cast',
  to: message.to,
  params: t.Object(message.params),
});

/** Declares a message with an answer; `returns: t.Null()` says that only success or failure is told. */
export const call = <P extends TProperties, const T extends 'any' | 'host', R extends TSchema>(message: {
  to: T;
  params: P;
  returns: R;
  timeoutMs?: number;
}): Call<P, T, R> => ({
  kind: 'call',
  to: message.to,
  params: t.Object(message.params),
  returns: message.returns,
  ...(message.timeoutMs === undefined ? {} : { timeoutMs: message.timeoutMs }),
});

/** Declares the messages of a topic. A topic has one contract: two would take each other's messages from the queue. */
export const contract = <M extends Messages>(topic: string, messages: M): Contract<M> => {
  for (const [name, message] of Object.entries(messages)) {
    // The client takes `host` from among the parameters as the address, so it cannot be one of them.
    invariant(
      message.to !== 'host' || !('host' in message.params.properties),
      `${topic}.${name} goes to a host and has no parameter of that name`,
    );
  }
  return { topic, messages };
};

type Nothing = TNull | TVoid | TUndefined;
type ParamsOf<M> = M extends { params: infer P extends TSchema } ? Static<P> : never;
type Where<M> = M extends { to: 'host' } ? { host: string } : unknown;
type ResultOf<M, Void> = M extends { returns: infer R extends TSchema } ? (R extends Nothing ? Void : Static<R>) : void;

/** What a sender sees: one method per message; `host` is asked for exactly where a message goes to a host. */
export type Client<C> =
  C extends Contract<infer M>
    ? { readonly [K in keyof M]: (ctx: Context, params: ParamsOf<M[K]> & Where<M[K]>) => Promise<ResultOf<M[K], void>> }
    : never;

/** What a receiver has to be: one method per message; a missing one does not compile. */
export type Manager<C> =
  C extends Contract<infer M> ? { [K in keyof M]: (ctx: Context, params: ParamsOf<M[K]>) => Promise<ResultOf<M[K], void | null>> } : never;
