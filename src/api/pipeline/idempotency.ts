// Makes retrying safe: of all requests with one Idempotency-Key the first is worked on, and its answer is everybody's.
import { createHash } from 'node:crypto';
import type { Context } from '../../lib/context/context.ts';
import { type Exchange, headerOf, type HttpAnswer } from '../../lib/http/exchange.ts';
import { HttpFault } from '../../lib/http/http-fault.ts';
import type { Microversion } from '../../lib/versioning/microversion.ts';
import type { Headers } from './headers.ts';
import { openAnswer, sealAnswer } from './sealed-answer.ts';

/** What a project calls one piece of work; only digests of what the client sent, for a key may be all that guards an answer. */
export interface WorkKey {
  readonly projectId: string;
  readonly key: string;
}

/** An answer as it is kept: its body is sealed. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** What is known of a key. `ours`: this request is to do the work, under the id of the one that began it and did not come to its end. */
export type Reservation =
  | { readonly kind: 'ours'; readonly requestId: string; readonly resumed: boolean }
  | { readonly kind: 'answered'; readonly requestId: string; readonly answer: KeptAnswer }
  | { readonly kind: 'other work' }
  | { readonly kind: 'busy' };

/** The memory of keys, shared by all processes of the API. */
export interface IdempotencyKeys {
  /** Takes the work, unless somebody has it; `fingerprint` says what the work is. */
  reserve(work: WorkKey & { readonly fingerprint: string; readonly requestId: string }): Promise<Reservation>;
  /** Keeps the answer to it. */
  keep(work: WorkKey & { readonly requestId: string }, answer: KeptAnswer): Promise<void>;
  /** Nobody works on it any more, and nobody knows how far it came. Where that cannot be told now, it is told as soon as it can be. */
  letGo(work: WorkKey & { readonly requestId: string }): Promise<void>;
}

/** The request as far as it tells one piece of work from another. */
interface Asked {
  readonly exchange: Exchange;
  readonly ctx: Context;
  readonly version: Microversion;
  /** The JSON value of the body. */
  readonly raw: unknown;
}

const SAFE = ['GET', 'HEAD', 'OPTIONS'];

/** Visible ASCII, without blanks: two such headers joined by a comma and a blank are none. */
const FORM = /^[\x21-\x7e]{1,255}$/;

/** What a client is told to wait whose key is being worked on, in seconds. */
const RETRY_AFTER_S = '1';

/** From this status on an answer tells of us and not of the request: the next try may go better. */
const OUR_FAULT = 500;

/** Does the work, unless its key says that it was done: then the first answer comes again. Without a key it is just done. */
export async function once(
  keys: IdempotencyKeys | undefined,
  asked: Asked,
  work: (ctx: Context) => Promise<HttpAnswer>,
): Promise<HttpAnswer> {
  const { exchange, ctx } = asked;
  const secret = headerOf(exchange, 'idempotency-key');
  if (!keys || secret === undefined || SAFE.includes(exchange.method) || ctx.projectId === null) return await work(ctx);
  if (!FORM.test(secret)) throw new HttpFault(400, 'Idempotency-Key must be 1 to 255 visible ASCII characters.');
  const { projectId } = ctx;
  const found = await keys.reserve({ projectId, key: digest(secret), fingerprint: fingerprintOf(asked), requestId: exchange.requestId });
  if (found.kind === 'other work')
    throw new HttpFault(422, 'Idempotency-Key has been used for another request: a key belongs to one request and its repetitions.');
  if (found.kind === 'busy')
    throw new HttpFault(409, 'A request with this Idempotency-Key is being worked on.', { 'Retry-After': RETRY_AFTER_S });
  const seal = { secret, projectId, requestId: found.requestId };
  if (found.kind === 'answered') return replayed(found.answer, openAnswer(found.answer.body, seal));

  const mine = { projectId, key: digest(secret), requestId: found.requestId };
  const answer = await work({ ...ctx, keyed: true, ...(found.resumed && { requestId: found.requestId, resumed: true }) });
  if (answer.status >= OUR_FAULT) {
    await keys.letGo(mine);
    return answer;
  }
  try {
    await keys.keep(mine, { status: answer.status, headers: answer.headers, body: sealAnswer(textOf(answer), seal) });
  } catch (error) {
    // Done, and nobody would know it: the next try finds out.
    await keys.letGo(mine);
    throw error;
  }
  return answer;
}

const replayed = ({ status, headers }: KeptAnswer, body: string): HttpAnswer => ({
  status,
  headers: { ...headers, 'Idempotency-Replayed': 'true' },
  ...(body === '' ? {} : { body }),
});

/** Answers to changes are short texts; a stream could not be told twice. */
const textOf = ({ body }: HttpAnswer): string => (typeof body === 'string' ? body : '');

/** Who asks for what, in which form: all that changes the answer, and nothing of how it was written. */
function fingerprintOf({ exchange: { method, fullPath, query }, ctx, version, raw }: Asked): string {
  const parameters = [...query].toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return digest(JSON.stringify([ctx.userId, method, fullPath, parameters, version.version, ordered(raw)]));
}

/** The same value with the keys of its objects in order. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => [key, ordered(inner)]);
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
