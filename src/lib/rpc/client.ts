/** The sender's side of a contract: checks, encodes, sends, and turns the answer back into a value or the handler's error. */
import type { Context } from '../context/context.ts';
import type { Address, Bus } from './bus.ts';
import { problemOf } from './checker.ts';
import { type Client, type Contract, FIRST_NUMBER, type Message, type Messages, sinceOf } from './contract.ts';
import { decodeReply, encodeRequest } from './envelope.ts';
import { CALL_TIMEOUT_MS } from './limits.ts';
import { ContractTooOld, MessageInvalid, type MessageName } from './messaging-errors.ts';
import { fitResult } from './result.ts';

/** Options of a client; `timeoutMs` applies to calls whose contract names none. */
export interface ClientOptions {
  readonly timeoutMs?: number;
  /** The contract number that a host speaks. Without it every host is assumed to speak the sender's own. */
  readonly spokenBy?: (host: string) => Promise<number>;
}

/** A client of the contract over the bus: one method per message. */
export function clientOf<M extends Messages>(contract: Contract<M>, bus: Bus, options: ClientOptions = {}): Client<Contract<M>> {
  const methods = Object.entries(contract.messages).map(([name, message]) => {
    const of = { topic: contract.topic, message: name };
    const { number } = contract;
    return [name, (ctx: Context, given: { host?: string }) => send({ of, message, number, bus, ctx, given, options })] as const;
  });
  const client: object = Object.fromEntries(methods);
  // Seam: the methods are made from the messages that the type is made from.
  return client as Client<Contract<M>>;
}

interface Sending {
  readonly of: MessageName;
  readonly message: Message;
  readonly number: number | undefined;
  readonly bus: Bus;
  readonly ctx: Context;
  readonly given: { readonly host?: string };
  readonly options: ClientOptions;
}

async function send({ of, message, number, bus, ctx, given, options }: Sending): Promise<unknown> {
  const { address, params } = addressed(of, message, given);
  const problem = problemOf(message.params, params);
  if (problem !== undefined) throw MessageInvalid({ ...of, part: 'params', problem });
  if (address.to === 'host') await checkSpoken(of, message, address.host, options);
  const id = bus.messageId();
  const request = { id, name: of.message, ctx, params, ...(number === undefined ? {} : { contract: number }) };
  const parcel = { id, name: of.message, body: encodeRequest(of, request) };
  if (message.kind === 'call') {
    const reply = await bus.call(address, parcel, message.timeoutMs ?? options.timeoutMs ?? CALL_TIMEOUT_MS);
    return fitResult(of, message.returns, decodeReply(of, reply));
  }
  await bus.cast(address, parcel);
  return message.kind === 'task' ? { read: (reported: unknown) => fitResult(of, message.reports, reported) } : undefined;
}

/** Refuses a message that the host would not understand. A message that all hosts know is sent without looking up the host's number. */
async function checkSpoken(of: MessageName, message: Message, host: string, { spokenBy }: ClientOptions): Promise<void> {
  const needs = sinceOf(message);
  if (needs === FIRST_NUMBER || !spokenBy) return;
  const speaks = await spokenBy(host);
  if (speaks < needs) throw ContractTooOld({ ...of, speaks, needs });
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
