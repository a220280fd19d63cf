import type { Static, TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { errorType, messageOf } from '../src/lib/errors/error-type.ts';
import { demoFailed } from './demo-failed.ts';

/** A request that was answered, but not with success. */
export const Refused = errorType(
  'Refused',
  'unavailable',
  (p: { method: string; url: string; status: number; answer: string }) => `${p.method} ${p.url} was answered with ${p.status}: ${p.answer}`,
);

/** What is asked of an API. */
export interface Question {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly token?: string;
  readonly body?: unknown;
  readonly signal: AbortSignal;
}

/** Names of headers in which services tell what they call the request. */
const REQUEST_ID = 'x-openstack-request-id';
/** No question of the demo takes longer. */
const ANSWER_LIMIT_MS = 60_000;
const LONGEST_QUOTE = 500;

/** Asks; a status that is no success is a Refused. */
export async function ask(question: Question): Promise<{ text: string; headers: Headers; requestId: string }> {
  const { method, url } = question;
  const response = await send(question);
  const text = await response.text();
  if (!response.ok) throw Refused({ method, url, status: response.status, answer: text.slice(0, LONGEST_QUOTE) });
  return { text, headers: response.headers, requestId: response.headers.get(REQUEST_ID) ?? '' };
}

/** Asks for JSON of a shape. */
export async function askFor<T extends TSchema>(shape: T, question: Question): Promise<Static<T>> {
  return readAs(shape, question, (await ask(question)).text);
}

/** Reads an answer as JSON of a shape. */
export function readAs<T extends TSchema>(shape: T, { method, url }: Question, text: string): Static<T> {
  const answer: unknown = jsonIn(text);
  if (Value.Check(shape, answer)) return answer;
  const first = Value.Errors(shape, answer).First();
  throw demoFailed(`${method} ${url} answered in an unexpected shape: ${first?.path || '/'}: ${first?.message}.`);
}

async function send({ method, url, token, body, signal }: Question): Promise<Response> {
  try {
    return await fetch(url, {
      method,
      headers: {
        accept: 'application/json',
        ...(token === undefined ? {} : { 'x-auth-token': token }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_LIMIT_MS)]),
    });
  } catch (error) {
    signal.throwIfAborted();
    // Only the cause of fetch's error tells what happened.
    const because = error instanceof Error && error.cause ? messageOf(error.cause) : messageOf(error);
    throw demoFailed(`${method} ${url} was not answered: ${because}.`, error);
  }
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
