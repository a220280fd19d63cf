/** Decides which headers travel through the metadata proxy. */
import type { IncomingHttpHeaders } from 'node:http';

/** These speak of one connection, not of the request (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** A guest that sends one of these claims to be someone; only the proxy may say who asks. */
const IDENTITY = ['x-instance-', 'x-tenant-', 'x-metadata-', 'x-forwarded', 'forwarded', 'x-real-ip'];

/** The headers of an answer or request without those that concern only the connection. */
export function withoutHopByHop(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const named = new Set((headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase()));
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name) && !named.has(name)));
}

/** What of a guest's headers reaches the metadata service. */
export const passedOn = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(
    Object.entries(withoutHopByHop(headers)).filter(
      // The body arrives whole and is measured anew; the host is that of the metadata service.
      ([name]) => name !== 'content-length' && name !== 'host' && name !== 'expect' && !IDENTITY.some((start) => name.startsWith(start)),
    ),
  );
