import type { HttpAnswer } from '../../lib/http/exchange.ts';

/** An answer to a guest that gets nothing: a status and a sentence, as text. */
export const refusal = (status: number, body: string, headers: Record<string, string> = {}): HttpAnswer => ({
  status,
  headers: { 'Content-Type': 'text/plain; charset=utf-8', ...headers },
  body,
});
