/** Decides which headers travel through the metadata proxy. */
import type { IncomingHttpHeaders } from 'node:http';

/** Headers of one connection, not of the request (RFC 9110, 7.6.1). */
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

/** Headers that identify the sender: only the proxy may set them. */
const IDENTITY = ['x-instance-', 'x-tenant-', 'x-metadata-', 'x-forwarded', 'forwarded', 'x-real-ip'];

/** The headers of an answer or request without those that concern only the connection. */
export function withoutHopByHop(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const named = new Set((headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase()));
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name) && !named.has(name)));
}

/** The guest's headers that reach the metadata service. */
export const passedOn = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(
    Object.entries(withoutHopByHop(headers)).filter(
      // The body is buffered and its length set again; the host is that of the metadata service.
      ([name]) => name !== 'content-length' && name !== 'host' && name !== 'expect' && !IDENTITY.some((start) => name.startsWith(start)),
    ),
  );
