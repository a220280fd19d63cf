/** What the button "Share" of a page asks: an address for others to look at what its viewer sees. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Ids } from '../../lib/clock/ids.ts';
import { serviceContext } from '../../lib/context/context.ts';
import type { ConsoleRpcApi } from '../rpcapi.ts';
import { isForeign } from './origin.ts';
import { ticketOf } from './ticket-of.ts';

export const SHARE_PATH = '/console/share';
const MAX_BODY_BYTES = 4096;

export interface SharingOptions {
  readonly consoles: ConsoleRpcApi;
  readonly allowedOrigins: readonly string[];
  readonly ids: Ids;
}

/** Answers a POST whose body is the path of the page's WebSocket. Who has no open console gets 403. */
export async function answerShare(options: SharingOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { consoles, allowedOrigins, ids } = options;
  const answer = (status: number, body: object): void => {
    response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(body));
  };
  if (request.method !== 'POST') return void response.writeHead(405, { allow: 'POST' }).end();
  if (Number(request.headers['content-length'] ?? Infinity) > MAX_BODY_BYTES) return answer(413, {});
  const ticket = ticketOf(await text(request), undefined);
  const { token, secret } = ticket ?? {};
  if (token === undefined || secret === undefined) return answer(403, {});
  if (isForeign(request, allowedOrigins)) return answer(403, {});
  const url = await consoles.shareConsole(serviceContext(`req-${ids.uuid()}`), { token, secret });
  return url === null ? answer(403, {}) : answer(200, { url });
}
