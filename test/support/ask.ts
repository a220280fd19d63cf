/** One HTTP request of a test, and its answer. */

/** An answer; its body is parsed if it is JSON, otherwise text, or undefined if empty. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // Tests look into bodies of every shape; a wrong path fails the expectation.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

/** No answer may take longer. */
const ANSWER_TIMEOUT_MS = 30_000;

/** Sends a body as JSON, or unchanged if it is a string; does not follow redirects. */
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
