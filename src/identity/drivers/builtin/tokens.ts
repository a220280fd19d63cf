import { isRevoked, revokeToken } from '../../../db/stores/identity/identity.ts';
import { identityVersion } from '../../../db/stores/identity/identity-version.ts';
import type { CloudDb } from '../../../db/sql/queries.ts';
import type { Clock } from '../../../lib/clock/clock.ts';
import type { Ids } from '../../../lib/clock/ids.ts';
import { AtVersion } from '../../../lib/memo/at-version.ts';
import { memoize } from '../../../lib/memo/memoize.ts';
import type { ScopeRef, Standing, Token } from '../../../objects/principal.ts';
import type { IdentityDriver } from '../../driver.ts';
import { TokenNotFound } from '../../errors.ts';
import { KeyRing } from '../../key-ring.ts';
import { type Claims, readToken, signToken, type TokenKey } from '../../token-signer.ts';
import type { Recalled } from '../../token-validator.ts';
import type { Tokens, TokenTerms } from '../../tokens.ts';

export interface BuiltinTokensDeps {
  readonly driver: Pick<IdentityDriver, 'principal'>;
  readonly db: CloudDb;
  readonly clock: Clock;
  readonly ids: Ids;
  /** The lifetime of a token, in seconds. */
  readonly tokenSeconds: number;
  /** How long one key signs tokens, in seconds. */
  readonly rotateSeconds: number;
}

const AUDIT_BYTES = 12;

/** Tokens whose meaning is cached, some 2 KiB each. */
const MOST_CACHED = 2_000;

/** Tokens signed by keys in our own database; what they mean is cached until a user, project, role or revocation changes. */
export class BuiltinTokens implements Tokens {
  readonly #deps: BuiltinTokensDeps;
  readonly #keys: KeyRing;
  readonly #meanings = new AtVersion<string, Token | undefined>(MOST_CACHED);

  constructor(deps: BuiltinTokensDeps) {
    this.#deps = deps;
    this.#keys = new KeyRing(deps, { rotateSeconds: deps.rotateSeconds, keepSeconds: deps.tokenSeconds });
  }

  async check(text: string): Promise<Token | undefined> {
    const claims = await this.#read(text);
    if (!claims) return undefined;
    const version = await identityVersion(this.#deps.db);
    return await this.#meanings.get(version, text, () => this.#look(claims, text));
  }

  recall(text: string): Recalled<Token> | undefined {
    const known = this.#meanings.peek(text);
    if (!known?.value) return undefined;
    const stillHolds = Promise.all([this.#read(text), identityVersion(this.#deps.db)]).then(
      ([claims, version]) => claims !== undefined && version === known.version,
    );
    return { found: known.value, stillHolds };
  }

  async #look(claims: Claims, text: string): Promise<Token | undefined> {
    const { db, driver } = this.#deps;
    const [revoked, standing] = await Promise.all([isRevoked(db, claims.auditId), driver.principal(claims.userId, scopeIn(claims))]);
    return !revoked && standing?.generation === claims.generation ? { ...standing, ...claims, text } : undefined;
  }

  async issue(standing: Standing, { methods, notAfter }: TokenTerms): Promise<Token> {
    const { clock, ids, tokenSeconds } = this.#deps;
    const issuedAt = new Date(Math.floor(clock.now().getTime() / 1000) * 1000);
    const latest = new Date(issuedAt.getTime() + tokenSeconds * 1000);
    const more = { auditId: ids.hex(AUDIT_BYTES), methods, issuedAt, expiresAt: notAfter && notAfter < latest ? notAfter : latest };
    const { user, project, domain, generation } = standing;
    const claims = { ...more, generation, userId: user.id, projectId: project?.id ?? null, domainId: domain?.id ?? null };
    return { ...standing, ...more, text: await signToken(claims, await this.#keys.signing()) };
  }

  async revoke(text: string): Promise<void> {
    const claims = await this.#read(text);
    if (!claims) throw TokenNotFound({});
    await revokeToken(this.#deps.db, claims, this.#deps.clock.now());
  }

  async #read(text: string): Promise<Claims | undefined> {
    return readersBy(await this.#keys.all())(text, this.#deps.clock.now());
  }
}

/** Reads tokens by a ring of keys and remembers the good ones: a ring that was read anew checks every signature again. */
const readersBy = memoize((keys: readonly TokenKey[]) => {
  const known = new Map<string, Claims>();
  return (text: string, now: Date): Claims | undefined => {
    const before = known.get(text);
    if (before) return before.expiresAt > now ? before : undefined;
    const claims = readToken(text, keys, now);
    if (claims && known.size < MOST_CACHED) known.set(text, claims);
    return claims;
  };
});

const scopeIn = ({ projectId, domainId }: Claims): ScopeRef => {
  if (projectId !== null) return { project: { id: projectId } };
  return domainId === null ? null : { domain: { id: domainId } };
};
