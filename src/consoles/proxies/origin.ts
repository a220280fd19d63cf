/** Which pages may show consoles: a browser tells the page's origin, and lets any page connect anywhere. */
import type { IncomingMessage } from 'node:http';

export interface Asked {
  /** The header Origin; other clients than browsers send none. */
  readonly origin: string | undefined;
  /** The header Host. */
  readonly host: string | undefined;
  /** The header X-Forwarded-Proto, of a proxy that ends TLS. */
  readonly forwardedProto: string | undefined;
}

/** Why the page may not show the console; undefined if it may. `baseUrl` is where the viewer was sent, if that is known. */
export function originProblem({ origin, host, forwardedProto }: Asked, allowed: readonly string[], baseUrl?: string): string | undefined {
  if (origin === undefined) return undefined;
  if (!URL.canParse(origin)) return 'The origin of the page is not known.';
  const page = new URL(origin);
  const own = URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
  if (page.hostname !== own && !allowed.includes(page.hostname)) return 'Pages of this origin may not show consoles.';
  const expected = forwardedProto ?? (baseUrl === undefined ? undefined : schemeOfPage(baseUrl));
  return expected === undefined || page.protocol === `${expected}:` ? undefined : 'The page and the console use different schemes.';
}

/** Whether a request comes from a page that may not show the console. */
export function isForeign({ headers }: IncomingMessage, allowed: readonly string[], baseUrl?: string): boolean {
  const forwarded = headers['x-forwarded-proto'];
  const asked = { origin: headers.origin, host: headers.host, forwardedProto: Array.isArray(forwarded) ? forwarded[0] : forwarded };
  return originProblem(asked, allowed, baseUrl) !== undefined;
}

/** Pages come over HTTP also where the address is one of a WebSocket. */
const schemeOfPage = (baseUrl: string): string => new URL(baseUrl).protocol.replace(/^ws/, 'http').replace(':', '');
