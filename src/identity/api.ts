import type { CloudDb } from '../db/sql/queries.ts';
import type { Clock } from '../lib/clock/clock.ts';
import type { ScopeRef, Token, UserRef } from '../objects/principal.ts';
import type { IdentityDriver, Proven } from './driver.ts';
import { AuthenticationFailed } from './errors.ts';
import { type GuardOptions, LoginGuard } from './login-guard.ts';
import type { Semaphore } from './semaphore.ts';
import type { Tokens } from './tokens.ts';

/** How somebody proves who they are. */
export type Proof =
  | { readonly method: 'password'; readonly user: UserRef; readonly password: string }
  | { readonly method: 'token'; readonly token: string };

/** What a login asks for: a project, a domain, neither, or the user's default project. */
export type Scope = NonNullable<ScopeRef> | 'unscoped' | 'default';

export interface IdentityDeps {
  readonly driver: IdentityDriver;
  readonly tokens: Tokens;
  readonly db: CloudDb;
  readonly clock: Clock;
  /** Bounds how many passwords are checked at a time. */
  readonly hashing: Semaphore;
  readonly guard: GuardOptions;
}

/** Issues tokens for proofs of identity; checks and revokes tokens. */
export class IdentityApi {
  readonly #deps: IdentityDeps;
  readonly #guard: LoginGuard;

  constructor(deps: IdentityDeps) {
    this.#deps = deps;
    this.#guard = new LoginGuard(deps.db, deps.clock, deps.guard);
  }

  /** A token for proofs sent from an address. A token obtained with another one does not outlive it. */
  async authenticate(proofs: readonly Proof[], scope: Scope, address?: string): Promise<Token> {
    const { driver, tokens } = this.#deps;
    const proven = await this.#prove(proofs, address);
    const standing = await driver.principal(proven.userId, await this.#scopeOf(proven.userId, scope));
    // A password that was changed during the check proves nothing.
    if (!standing || standing.generation !== proven.generation) throw AuthenticationFailed({});
    return await tokens.issue(standing, { methods: proven.methods, notAfter: proven.expiresAt });
  }

  /** Checks a password as a login does: with bounded concurrency, and throttled after failures. Fails unless it is right. */
  async provePassword(user: UserRef, password: string, address?: string): Promise<Proven> {
    return await this.#deps.hashing.run(async () => {
      const attempt = { account: await this.#deps.driver.accountOf(user), address };
      // Checked when this attempt gets its slot: of many sent at once, those that waited see the failures of the first ones.
      if (await this.#guard.isLockedOut(attempt)) throw AuthenticationFailed({});
      const proven = await this.#deps.driver.verifyPassword(user, password);
      if (!proven) {
        await this.#guard.failed(attempt);
        throw AuthenticationFailed({});
      }
      await this.#guard.succeeded(attempt);
      return proven;
    });
  }

  /** The token with its user's present roles; undefined if it is not valid. */
  check(text: string): Promise<Token | undefined> {
    return this.#deps.tokens.check(text);
  }

  /** Revokes a token. */
  revoke(text: string): Promise<void> {
    return this.#deps.tokens.revoke(text);
  }

  /** Whether there is a project with this id. */
  isProject = (id: string) => this.#deps.driver.isProject(id);

  /** Whether there is a user with this id. */
  isUser = (id: string) => this.#deps.driver.isUser(id);

  projectsOf = (userId: string) => this.#deps.driver.projectsOf(userId);

  domainsOf = (userId: string) => this.#deps.driver.domainsOf(userId);

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
    // A default project in which the user has no role (any more) is no error: the token is then unscoped.
    return (await driver.principal(userId, { project: { id } })) ? { project: { id } } : null;
  }
}
