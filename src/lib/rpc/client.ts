/** The sender's side of a contract: checks, encodes, sends, and turns the answer back into a value or the handler's error. */
import type { Context } from '../context/context.ts';
import type { Address, Bus } from './bus.ts';
import { problemOf } from './checker.ts';
import type { Client, Contract, Message, Messages } from './contract.ts';
import { decodeReply, encodeRequest } from './envelope.ts';
import { CALL_TIMEOUT_MS } from './limits.ts';
import { MessageInvalid, type MessageName } from './messaging-errors.ts';
import { fitResult } from './result.ts';

/** How a client sends: `timeoutMs` is for calls whose contract names none. */
export interface ClientOptions {
  readonly timeoutMs?: number;
}

/** A client of the contract over the bus: one method per message. */
export function clientOf<M extends Messages>(contract: Contract<M>, bus: Bus, options: ClientOptions = {}): Client<Contract<M>> {
  const methods = Object.entries(contract.messages).map(([name, message]) => {
    const of = { topic: contract.topic, message: name };
    return [name, (ctx: Context, given: { host?: string }) => send({ of, message, bus, ctx, given, options })] as const;
  });
  const client: object = Object.fromEntries(methods);
  // Seam: the methods are made from the messages that the type is made from.
  return client as Client<Contract<M>>;
}

interface Sending {
  readonly of: MessageName;
  readonly message: Message;
  readonly bus: Bus;
  readonly ctx: Context;
  readonly given: { readonly host?: string };
  readonly options: ClientOptions;
}

async function send({ of, message, bus, ctx, given, options }: Sending): Promise<unknown> {
  const { address, params } = addressed(of, message, given);
  const problem = problemOf(message.params, params);
  if (problem !== undefined) throw MessageInvalid({ ...of, part: 'params', problem });
  const id = bus.messageId();
  const parcel = { id, name: of.message, body: encodeRequest(of, { id, name: of.message, ctx, params }) };
  if (message.kind === 'cast') return bus.cast(address, parcel);
  const reply = await bus.call(address, parcel, message.timeoutMs ?? options.timeoutMs ?? CALL_TIMEOUT_MS);
  return fitResult(of, message, decodeReply(of, reply));
}

function addressed(
  { topic, message: name }: MessageName,
  message: Message,
  given: { host?: string },
): { address: Address; params: object } {
  if (message.to !== 'host') return { address: { topic, to: message.to }, params: given };
  const { host, ...params } = given;
  if (!host) throw MessageInvalid({ topic, message: name, part: 'params', problem: 'host is missing' });
  return { address: { topic, to: 'host', host }, params };
}
