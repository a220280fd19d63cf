/**
 * Faults as an HTML page. Like Glance, the service sends it to clients that accept anything. Glance's own old client is one of them:
 * it mistakes the JSON form for another service's and fails. All other clients get JSON.
 */
import { type Exchange, headerOf, type HttpAnswer } from '../../../lib/http/exchange.ts';
import type { HttpServer } from '../../../lib/http/http-server.ts';

const OLD_CLIENT = /^python-glanceclient\b/;
const NOT_TEXT: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Wraps a server so that its mounts send faults in the form that each client reads. */
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
  // An authentication fault has Keystone's form and stays as it is.
  if (message === undefined || code === undefined) return answer;
  return { ...answer, headers: { ...answer.headers, 'Content-Type': 'text/html; charset=UTF-8' }, body: page(code, message) };
}

const faultIn = (body: string): { readonly message?: string; readonly code?: string } =>
  // Seam: it was made by this service's own `errorBody`.
  JSON.parse(body) as { readonly message?: string; readonly code?: string };

const page = (title: string, message: string): string =>
  `<html>\n <head>\n  <title>${escaped(title)}</title>\n </head>\n <body>\n  <h1>${escaped(title)}</h1>\n  ${escaped(message)}\n </body>\n</html>`;

const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (character) => NOT_TEXT[character] ?? character);
