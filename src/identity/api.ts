import { isRevoked, revokeToken } from '../db/stores/identity/identity.ts';
import type { Queries } from '../db/sql/queries.ts';
import type { Clock } from '../lib/clock/clock.ts';
import type { Ids } from '../lib/clock/ids.ts';
import type { Context } from '../lib/context/context.ts';
import { impliedRoles } from '../objects/identity.ts';
import type { ScopeRef, Standing, Token, UserRef } from '../objects/principal.ts';
import type { IdentityDriver, Proven } from './driver.ts';
import { AuthenticationFailed, TokenNotFound } from './errors.ts';
import { KeyRing } from './key-ring.ts';
import { type GuardOptions, LoginGuard } from './login-guard.ts';
import { type Claims, readToken, signToken } from './token-signer.ts';
import type { Turns } from './semaphore.ts';

/** How somebody proves who they are. */
export type Proof =
  | { readonly method: 'password'; readonly user: UserRef; readonly password: string }
  | { readonly method: 'token'; readonly token: string };

/** What a login asks for: a project, a domain, neither, or the project that the user has as default. */
export type Scope = NonNullable<ScopeRef> | 'unscoped' | 'default';

export interface IdentityDeps {
  readonly driver: IdentityDriver;
  readonly db: Queries;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Bounds how many passwords are checked at one time. */
  readonly turns: Turns;
  /** How long a token is good, in seconds. */
  readonly tokenSeconds: number;
  /** How long one key signs tokens, in seconds. */
  readonly rotateSeconds: number;
  readonly guard: GuardOptions;
}

/** Tokens that are issued for work within the cloud are good for less than this, in seconds; keys are kept at least as long. */
const LONGEST_PASS_SECONDS = 24 * 3_600;

/** Who is who: tokens for proofs, and who stands behind a token. */
export class IdentityApi {
  readonly #deps: IdentityDeps;
  readonly #keys: KeyRing;
  readonly #guard: LoginGuard;

  constructor(deps: IdentityDeps) {
    this.#deps = deps;
    const { db, clock, tokenSeconds, rotateSeconds } = deps;
    this.#keys = new KeyRing(deps, { rotateSeconds, keepSeconds: Math.max(tokenSeconds, LONGEST_PASS_SECONDS) });
    this.#guard = new LoginGuard(db, clock, deps.guard);
  }

  /** A token for a proof that came from an address; a token given for a token does not live longer than that. */
  async authenticate(proofs: readonly Proof[], scope: Scope, address?: string): Promise<Token> {
    const { clock, driver, tokenSeconds, ids } = this.#deps;
    const proven = await this.#prove(proofs, address);
    const standing = await driver.principal(proven.userId, await this.#scopeOf(proven.userId, scope));
    // A password that was changed while it was checked proves nothing any more.
    if (!standing || standing.generation !== proven.generation) throw AuthenticationFailed({});
    const latest = new Date(Math.floor(clock.now().getTime() / 1000) * 1000 + tokenSeconds * 1000);
    return await this.#issue(standing, {
      auditId: ids.hex(AUDIT_BYTES),
      methods: proven.methods,
      expiresAt: proven.expiresAt && proven.expiresAt < latest ? proven.expiresAt : latest,
    });
  }

  /** Checks a password as a login does: bounded, and slower for whoever guesses. Fails unless it is right. */
  async provePassword(user: UserRef, password: string, address?: string): Promise<Proven> {
    const attempt = { user, address };
    return await this.#deps.turns.run(async () => {
      // Asked when it is this attempt's turn: of many that were sent at once, those that waited see how the first ones failed.
      if (await this.#guard.isClosed(attempt)) throw AuthenticationFailed({});
      const proven = await this.#deps.driver.verifyPassword(user, password);
      if (!proven) {
        await this.#guard.failed(attempt);
        throw AuthenticationFailed({});
      }
      await this.#guard.succeeded(attempt);
      return proven;
    });
  }

  /** A token for somebody known to be who they are, good for a short while: what hosts fetch images with. */
  async issueFor(ctx: Context, seconds: number): Promise<string> {
    const { clock, driver, ids } = this.#deps;
    const standing = await driver.principal(ctx.userId ?? '', ctx.projectId === null ? null : { project: { id: ctx.projectId } });
    if (!standing) throw AuthenticationFailed({});
    const expiresAt = new Date(clock.now().getTime() + Math.min(seconds, LONGEST_PASS_SECONDS) * 1000);
    return (await this.#issue(standing, { auditId: ids.hex(AUDIT_BYTES), methods: ['token'], expiresAt })).text;
  }

  /** Who stands behind a token now: still enabled, still with these roles, not taken back. Undefined when nobody does. */
  async check(text: string): Promise<Token | undefined> {
    const claims = await this.#read(text);
    if (!claims) return undefined;
    const { db, driver } = this.#deps;
    const [revoked, standing] = await Promise.all([isRevoked(db, claims.auditId), driver.principal(claims.userId, scopeIn(claims))]);
    return !revoked && standing?.generation === claims.generation ? { ...standing, ...claims, text } : undefined;
  }

  /** Takes a token back before its time. */
  async revoke(text: string): Promise<void> {
    const claims = await this.#read(text);
    if (!claims) throw TokenNotFound({});
    await revokeToken(this.#deps.db, claims, this.#deps.clock.now());
  }

  projectsOf = (userId: string) => this.#deps.driver.projectsOf(userId);

  domainsOf = (userId: string) => this.#deps.driver.domainsOf(userId);

  /**
   * The context of a request that brings a token. Roles in a domain count for the identity service alone: everything else belongs to projects,
   * and a caller without one must not pass as anybody there.
   */
  async contextOf(text: string | undefined, requestId: string, at: 'identity' | 'elsewhere' = 'elsewhere'): Promise<Context> {
    const token = text === undefined ? undefined : await this.check(text);
    if (!token) throw AuthenticationFailed({});
    const roles = token.domain !== null && at === 'elsewhere' ? [] : token.roles.map(({ name }) => name);
    return {
      requestId,
      userId: token.user.id,
      userName: token.user.name,
      projectId: token.project?.id ?? null,
      ...(token.project ? { projectName: token.project.name } : {}),
      ...(token.project && at === 'identity' ? { projectDomainId: token.project.domain.id } : {}),
      domainId: token.user.domain.id,
      roles: withImplied(roles),
      isAdmin: roles.includes('admin'),
    };
  }

  async #prove(proofs: readonly Proof[], address: string | undefined): Promise<Proven & { methods: string[]; expiresAt?: Date }> {
    const proven = [];
    for (const proof of proofs) proven.push(await this.#proveOne(proof, address));
    const [first] = proven;
    const isSame = (one: Proven) => one.userId === first?.userId && one.generation === first.generation;
    if (!first || !proven.every(isSame)) throw AuthenticationFailed({});
    const expiries = proven.flatMap(({ expiresAt }) => (expiresAt ? [expiresAt.getTime()] : []));
    return {
      userId: first.userId,
      generation: first.generation,
      methods: [...new Set(proven.flatMap(({ methods }) => methods))],
      ...(expiries.length > 0 ? { expiresAt: new Date(Math.min(...expiries)) } : {}),
    };
  }

  async #proveOne(proof: Proof, address: string | undefined): Promise<Proven & { methods: readonly string[]; expiresAt?: Date }> {
    if (proof.method === 'password') return { ...(await this.provePassword(proof.user, proof.password, address)), methods: [proof.method] };
    const token = await this.check(proof.token);
    if (!token) throw AuthenticationFailed({});
    return { userId: token.user.id, generation: token.generation, methods: [proof.method, ...token.methods], expiresAt: token.expiresAt };
  }

  async #scopeOf(userId: string, scope: Scope): Promise<ScopeRef> {
    if (typeof scope === 'object') return scope;
    const { driver } = this.#deps;
    const id = scope === 'default' ? await driver.defaultProjectOf(userId) : null;
    if (id === null) return null;
    // A default project in which the user has nothing (any more) is no obstacle: the token is then good for none.
    return (await driver.principal(userId, { project: { id } })) ? { project: { id } } : null;
  }

  async #issue(standing: Standing, more: Pick<Claims, 'auditId' | 'methods' | 'expiresAt'>): Promise<Token> {
    const issuedAt = new Date(Math.floor(this.#deps.clock.now().getTime() / 1000) * 1000);
    const { user, project, domain, generation } = standing;
    const claims = { ...more, issuedAt, generation, userId: user.id, projectId: project?.id ?? null, domainId: domain?.id ?? null };
    return { ...standing, ...more, issuedAt, text: await signToken(claims, await this.#keys.signing()) };
  }

  async #read(text: string): Promise<Claims | undefined> {
    return readToken(text, await this.#keys.all(), this.#deps.clock.now());
  }
}

const AUDIT_BYTES = 12;

const scopeIn = ({ projectId, domainId }: Claims): ScopeRef => {
  if (projectId !== null) return { project: { id: projectId } };
  return domainId === null ? null : { domain: { id: domainId } };
};

const withImplied = (roles: readonly string[]): string[] => [...new Set(roles.flatMap((role) => [role, ...(impliedRoles[role] ?? [])]))];
