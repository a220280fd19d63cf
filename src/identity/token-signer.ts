import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { SignJWT } from 'jose';
import { memoize } from '../lib/memo/memoize.ts';

/** The claims of a token; everything else is looked up at each use, so that a change counts at once. */
export interface Claims {
  readonly userId: string;
  readonly projectId: string | null;
  readonly domainId: string | null;
  /** The generation of the user's tokens; those of earlier ones are invalid. */
  readonly generation: number;
  readonly auditId: string;
  readonly methods: readonly string[];
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

export interface TokenKey {
  readonly id: string;
  /** Hex. */
  readonly secret: string;
}

/** Tokens are JSON Web Tokens (RFC 7519) signed with HMAC SHA-256 by a key of the cloud. */
export async function signToken(claims: Claims, key: TokenKey): Promise<string> {
  return await new SignJWT({ prj: claims.projectId, dom: claims.domainId, gen: claims.generation, amr: [...claims.methods] })
    .setProtectedHeader({ alg: 'HS256', kid: key.id })
    .setSubject(claims.userId)
    .setJti(claims.auditId)
    .setIssuedAt(claims.issuedAt)
    .setExpirationTime(claims.expiresAt)
    .sign(Buffer.from(key.secret, 'hex'));
}

/** The key as node's crypto wants it, made once. */
const secretOf = memoize((key: TokenKey) => createSecretKey(key.secret, 'hex'));

/** The longest token that is parsed, in characters. */
const MAX_TOKEN = 2_048;

/**
 * The claims of a token, if one of the keys signed it and it has not expired; undefined otherwise.
 * Uses Node's synchronous HMAC: every request passes here, and the library would go through the thread pool.
 */
export function readToken(text: string, keys: readonly TokenKey[], now: Date): Claims | undefined {
  const [header, payload, signature, ...rest] = text.length <= MAX_TOKEN ? text.split('.') : [];
  if (header === undefined || payload === undefined || signature === undefined || rest.length > 0) return undefined;
  const { kid, alg } = jsonOf(header);
  const key = keys.find(({ id }) => id === kid);
  if (!key || alg !== 'HS256') return undefined;
  // Compared as text: several texts decode to the same bytes, and a token must have only one.
  const expected = Buffer.from(createHmac('sha256', secretOf(key)).update(`${header}.${payload}`).digest('base64url'));
  const actual = Buffer.from(signature);
  if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) return undefined;
  const { sub, prj, dom, gen, jti, amr, iat, exp } = jsonOf(payload);
  if (
    typeof sub !== 'string' ||
    typeof jti !== 'string' ||
    typeof iat !== 'number' ||
    typeof exp !== 'number' ||
    exp * 1000 <= now.getTime()
  )
    return undefined;
  return {
    userId: sub,
    projectId: typeof prj === 'string' ? prj : null,
    domainId: typeof dom === 'string' ? dom : null,
    // Tokens older than generations belong to the first one.
    generation: typeof gen === 'number' ? gen : 0,
    auditId: jti,
    methods: Array.isArray(amr) ? amr.map(String) : [],
    issuedAt: new Date(iat * 1000),
    expiresAt: new Date(exp * 1000),
  };
}

function jsonOf(part: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
