// Trusts the identity of a guest only when a host's proxy has signed it with the shared secret.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Guest } from '../../compute/servers/guest-metadata-api.ts';

/** A guest that a proxy vouched for, or the refusal when none did. */
export type Proof = { readonly guest: Guest } | { readonly status: 400 | 403; readonly because: string };

/** Checks the headers that a proxy adds: server id, project id, and the HMAC-SHA256 (hex) of the server id. */
export function proofOf(headers: IncomingHttpHeaders, secret: string): Proof {
  const [serverId, projectId, signature] = [headers['x-instance-id'], headers['x-tenant-id'], headers['x-instance-id-signature']];
  if (serverId === undefined) return { status: 400, because: 'X-Instance-ID header is missing from request.' };
  if (projectId === undefined) return { status: 400, because: 'X-Tenant-ID header is missing from request.' };
  if (signature === undefined) return { status: 400, because: 'X-Instance-ID-Signature header is missing from request.' };
  if (!isOne(serverId)) return { status: 400, because: 'Multiple X-Instance-ID headers found within request.' };
  if (!isOne(projectId)) return { status: 400, because: 'Multiple X-Tenant-ID headers found within request.' };
  if (!isOne(signature) || !isSigned(serverId, signature, secret)) return { status: 403, because: 'Invalid proxy request signature.' };
  return { guest: { serverId, projectId } };
}

/** A header sent twice arrives joined by a comma, which no id contains. */
const isOne = (value: string | readonly string[]): value is string => typeof value === 'string' && !value.includes(',');

function isSigned(serverId: string, signature: string, secret: string): boolean {
  // With an empty secret anybody could sign.
  if (secret === '' || !/^[0-9a-f]{64}$/i.test(signature)) return false;
  const expected = createHmac('sha256', secret).update(serverId).digest();
  return timingSafeEqual(expected, Buffer.from(signature, 'hex'));
}
