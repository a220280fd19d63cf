/** The wire format of requests and answers: JSON, the same for every driver, so what works within a process works between processes. */
import { Type as t, type Static } from '@sinclair/typebox';
import { contextSchema, type Context } from '../context/context.ts';
import { marshalError, unmarshalError, type MarshalledError } from '../errors/marshal.ts';
import { problemOf } from './checker.ts';
import { MAX_MESSAGE_BYTES } from './limits.ts';
import { MessageInvalid, MessageTooLarge, type MessageName } from './messaging-errors.ts';

/** A request on the wire. `id` stays the same over resends: receivers use it to deduplicate. */
export interface Request {
  readonly id: string;
  readonly name: string;
  readonly ctx: Context;
  readonly params: unknown;
  /** The number of the sender's contract, where it has one. */
  readonly contract?: number;
}

const requestSchema = t.Object({
  id: t.String(),
  name: t.String(),
  ctx: contextSchema,
  params: t.Unknown(),
  contract: t.Optional(t.Integer()),
});
const errorSchema = t.Object({ code: t.String(), kind: t.String(), message: t.String(), params: t.Object({}) });
const replySchema = t.Union([t.Object({ result: t.Unknown() }), t.Object({ error: errorSchema })]);

/** Encodes a request; refuses values that JSON would silently change. */
export const encodeRequest = (of: MessageName, request: Request): string => encode(of, 'params', request);

/** Reads a request; throws MessageInvalid when it is not one. */
export function decodeRequest(topic: string, text: string): Request {
  return decode<Static<typeof requestSchema>>(requestSchema, { topic, message: '?' }, 'params', text);
}

/** Encodes a successful answer; undefined is sent as null. */
export const encodeResult = (of: MessageName, result: unknown): string => encode(of, 'result', { result: result ?? null });

/** Encodes a failed answer. If the error's params cannot be encoded, it is sent without them. */
export function encodeFailure(of: MessageName, error: unknown): string {
  try {
    return encode(of, 'result', { error: marshalError(error) });
  } catch (unfit) {
    return JSON.stringify({ error: { ...marshalError(unfit), cause: { ...marshalError(error), params: {}, cause: undefined } } });
  }
}

/** The result of an answer; throws the handler's error as it was declared. */
export function decodeReply(of: MessageName, text: string): unknown {
  const reply = decode<{ result?: unknown; error?: MarshalledError }>(replySchema, of, 'result', text);
  if (reply.error) throw unmarshalError(reply.error);
  return reply.result;
}

function decode<T>(schema: Parameters<typeof problemOf>[0], of: MessageName, part: 'params' | 'result', text: string): T {
  const value = parse(text);
  const problem = problemOf(schema, value);
  if (problem !== undefined) throw MessageInvalid({ ...of, part, problem });
  // Seam: the schema just checked is the type asked for.
  return value as T;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function encode(of: MessageName, part: 'params' | 'result', value: object): string {
  const text = JSON.stringify(value, function (this: unknown, key: string, encoded: unknown) {
    const problem = unfit(this, key, encoded);
    if (problem) throw MessageInvalid({ ...of, part, problem: `${key} is ${problem}, which does not travel as JSON` });
    return encoded;
  });
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_MESSAGE_BYTES) throw MessageTooLarge({ ...of, bytes, maxBytes: MAX_MESSAGE_BYTES });
  return text;
}

/** JSON silently converts these values, so the reader would see something other than the writer sent. */
function unfit(holder: unknown, key: string, encoded: unknown): string | undefined {
  if (typeof encoded === 'bigint') return 'a bigint';
  if (typeof encoded === 'function' || typeof encoded === 'symbol') return `a ${typeof encoded}`;
  if (typeof encoded === 'number') return Number.isFinite(encoded) ? undefined : 'not a finite number';
  if (encoded instanceof Map || encoded instanceof Set) return 'a Map or Set';
  // JSON.stringify has already turned a Date into a string here; the holder still has the Date.
  if (typeof encoded === 'string' && typeof holder === 'object' && holder !== null && Reflect.get(holder, key) instanceof Date)
    return 'a Date';
  return undefined;
}
