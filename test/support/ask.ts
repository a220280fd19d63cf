/** One HTTP request of a test, and its answer with the body read. */

/** An answer, its body read: parsed if it is JSON, as text if not, undefined if there is none. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // Tests look into bodies of every shape; a wrong path fails the expectation.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

/** No answer takes this long, whatever is asked. */
const ANSWER_TIMEOUT_MS = 30_000;

/** Sends a body as JSON, or as it is if it is a string; redirects are answers too. */
export async function ask(url: string, method: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const isText = typeof body === 'string';
  const answer = await fetch(url, {
    method,
    redirect: 'manual',
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: parsed(text) };
}

function parsed(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
