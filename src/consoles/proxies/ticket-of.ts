/** What a request for a WebSocket shows: a token, and the secret of its viewer. */
import { MAX_TOKEN_LENGTH } from '../rpcapi.ts';

export interface ShownTicket {
  readonly token: string;
  readonly secret?: string;
}

/** The token is in the query, or in a cookie that the page has set; the secret is in the query. A malformed cookie is skipped. */
export function ticketOf(url: string, cookies: string | undefined): ShownTicket | undefined {
  const asked = new URLSearchParams(url.split('?').slice(1).join('?'));
  const token = asked.get('token') || inCookies(cookies);
  const secret = asked.get('viewer') || undefined;
  if (token === undefined || token.length > MAX_TOKEN_LENGTH || (secret?.length ?? 0) > MAX_TOKEN_LENGTH) return undefined;
  return { token, ...(secret !== undefined && { secret }) };
}

function inCookies(cookies: string | undefined): string | undefined {
  const [, token] =
    (cookies ?? '')
      .split(';')
      .map((part) => /^\s*token=([\w-]+)\s*$/.exec(part))
      .find((found) => found !== null) ?? [];
  return token;
}
