/**
 * Faults as a page. Glance sends them so to whoever accepts anything; its own old client, which does, reads nothing else: it takes the
 * JSON form for that of another service, and fails over it. Everybody else gets JSON.
 */
import { type Exchange, headerOf, type HttpAnswer } from '../../../lib/http/exchange.ts';
import type { HttpServer } from '../../../lib/http/http-server.ts';

const OLD_CLIENT = /^python-glanceclient\b/;
const NOT_TEXT: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** A server whose mount points tell faults in the form that each client reads. */
export const withFaultPages = (server: HttpServer): HttpServer => ({
  ...server,
  mount: (path, handler, refuse) =>
    server.mount(
      path,
      async (exchange) => readableBy(exchange, await handler(exchange)),
      refuse && ((fault, exchange) => readableBy(exchange, refuse(fault, exchange))),
    ),
});

function readableBy(exchange: Exchange, answer: HttpAnswer): HttpAnswer {
  const readsPages = OLD_CLIENT.test(headerOf(exchange, 'user-agent') ?? '') && !headerOf(exchange, 'accept')?.includes('json');
  if (!readsPages || answer.status < 400 || typeof answer.body !== 'string') return answer;
  const { message, code } = faultIn(answer.body);
  // The form of a fault without a login is the identity service's, and is read as that.
  if (message === undefined || code === undefined) return answer;
  return { ...answer, headers: { ...answer.headers, 'Content-Type': 'text/html; charset=UTF-8' }, body: page(code, message) };
}

const faultIn = (body: string): { readonly message?: string; readonly code?: string } =>
  // Seam: it was made by this service's own `errorBody`.
  JSON.parse(body) as { readonly message?: string; readonly code?: string };

const page = (title: string, message: string): string =>
  `<html>\n <head>\n  <title>${escaped(title)}</title>\n </head>\n <body>\n  <h1>${escaped(title)}</h1>\n  ${escaped(message)}\n </body>\n</html>`;

const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (character) => NOT_TEXT[character] ?? character);
