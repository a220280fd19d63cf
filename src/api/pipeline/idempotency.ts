// Makes retries safe: the first request with an Idempotency-Key does the work, and later ones get its stored answer.
import { createHash } from 'node:crypto';
import type { Context } from '../../lib/context/context.ts';
import { type Exchange, headerOf, type HttpAnswer } from '../../lib/http/exchange.ts';
import { HttpFault } from '../../lib/http/http-fault.ts';
import type { Microversion } from '../../lib/versioning/microversion.ts';
import type { Headers } from './headers.ts';
import { openAnswer, sealAnswer } from './sealed-answer.ts';

/** Identifies a piece of work within a project. Only a digest of the client's key is stored, because the key decrypts the answer. */
export interface WorkKey {
  readonly projectId: string;
  readonly key: string;
}

/** A stored answer; its body is encrypted. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** The state of a key. `ours`: this request does the work, under the id of the first request if that one did not finish. */
export type Reservation =
  | { readonly kind: 'ours'; readonly requestId: string; readonly resumed: boolean }
  | { readonly kind: 'answered'; readonly requestId: string; readonly answer: KeptAnswer }
  | { readonly kind: 'other work' }
  | { readonly kind: 'busy' };

/** The store of keys, shared by all API processes. */
export interface IdempotencyKeys {
  /** Does something while others can see that this process is alive: the keys that it reserves are free as soon as it is not. */
  holding<T>(work: () => Promise<T>): Promise<T>;
  /** Claims the work unless another request has it; `fingerprint` identifies the request. */
  reserve(work: WorkKey & { readonly fingerprint: string; readonly requestId: string }): Promise<Reservation>;
  /** Saves the answer. */
  keep(work: WorkKey & { readonly requestId: string }, answer: KeptAnswer): Promise<void>;
  /** Releases the work as unfinished, so that a retry can resume it. If the store is unreachable, it releases as soon as it can. */
  release(work: WorkKey & { readonly requestId: string }): Promise<void>;
}

/** The parts of a request that identify its work. */
interface Asked {
  readonly exchange: Exchange;
  readonly ctx: Context;
  readonly version: Microversion;
  /** The JSON value of the body. */
  readonly raw: unknown;
}

const SAFE = ['GET', 'HEAD', 'OPTIONS'];

/** Visible ASCII without spaces. A header sent twice arrives joined by a comma and a space, and so is refused. */
const FORM = /^[\x21-\x7e]{1,255}$/;

/** How long a client waits to retry while its key is in use, in seconds. */
const RETRY_AFTER_S = '1';

/** From this status on the server is at fault: the answer is not stored, since a retry may succeed. */
const OUR_FAULT = 500;

/** Does the work, or replays the stored answer when the key says it was done. Without a key it just does the work. */
export async function once(
  keys: IdempotencyKeys | undefined,
  asked: Asked,
  work: (ctx: Context) => Promise<HttpAnswer>,
): Promise<HttpAnswer> {
  const { exchange, ctx } = asked;
  const secret = headerOf(exchange, 'idempotency-key');
  if (!keys || secret === undefined || SAFE.includes(exchange.method) || ctx.projectId === null) return await work(ctx);
  if (!FORM.test(secret)) throw new HttpFault(400, 'Idempotency-Key must be 1 to 255 visible ASCII characters.');
  const key = { projectId: ctx.projectId, secret };
  return await keys.holding(() => onceHeld(keys, key, asked, work));
}

async function onceHeld(
  keys: IdempotencyKeys,
  { projectId, secret }: { readonly projectId: string; readonly secret: string },
  asked: Asked,
  work: (ctx: Context) => Promise<HttpAnswer>,
): Promise<HttpAnswer> {
  const { exchange, ctx } = asked;
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
    await keys.release(mine);
    return answer;
  }
  try {
    await keys.keep(mine, { status: answer.status, headers: answer.headers, body: sealAnswer(textOf(answer), seal) });
  } catch (error) {
    // The work is done but its answer was not saved; a retry detects that.
    await keys.release(mine);
    throw error;
  }
  return answer;
}

const replayed = ({ status, headers }: KeptAnswer, body: string): HttpAnswer => ({
  status,
  headers: { ...headers, 'Idempotency-Replayed': 'true' },
  ...(body === '' ? {} : { body }),
});

/** Answers to changes are short texts; a stream could not be replayed. */
const textOf = ({ body }: HttpAnswer): string => (typeof body === 'string' || body instanceof Buffer ? body.toString() : '');

/** Covers everything that affects the answer (caller, target, version, body), and ignores formatting and key order. */
function fingerprintOf({ exchange: { method, fullPath, query }, ctx, version, raw }: Asked): string {
  const parameters = [...query].toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return digest(JSON.stringify([ctx.userId, method, fullPath, parameters, version.version, ordered(raw)]));
}

/** The same value with object keys sorted. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => [key, ordered(inner)]);
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
