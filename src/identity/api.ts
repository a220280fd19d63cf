import { ensureTokenKey, isRevoked, revokeToken, tokenKeys } from '../db/stores/identity.ts';
import type { Queries } from '../db/stores/queries.ts';
import type { Clock } from '../lib/clock/clock.ts';
import type { Ids } from '../lib/clock/ids.ts';
import type { Context } from '../lib/context/context.ts';
import type { Principal, ProjectRef, Token, UserRef } from '../objects/principal.ts';
import type { IdentityDriver } from './driver.ts';
import { AuthenticationFailed, TokenNotFound } from './errors.ts';
import { type Claims, readToken, signToken, type TokenKey } from './token-signer.ts';

/** How somebody proves who they are. */
export type Proof =
  | { readonly method: 'password'; readonly user: UserRef; readonly password: string }
  | { readonly method: 'token'; readonly token: string };

/** What a login asks for: a project, none, or what the user has as default. */
export type Scope = { readonly project: ProjectRef } | 'unscoped' | 'default';

export interface IdentityDeps {
  readonly driver: IdentityDriver;
  readonly db: Queries;
  readonly clock: Clock;
  readonly ids: Ids;
  /** How long a token is good, in seconds. */
  readonly tokenSeconds: number;
}

/** A second in which keys that another process added may be unknown here. */
const KEYS_FRESH_MS = 30_000;

/** Who is who: tokens for proofs, and who stands behind a token. */
export class IdentityApi {
  readonly #deps: IdentityDeps;
  #keys: { list: readonly TokenKey[]; readAtMs: number } | undefined;

  constructor(deps: IdentityDeps) {
    this.#deps = deps;
  }

  /** A token for a proof; a token given for a token does not live longer than that. */
  async authenticate(proofs: readonly Proof[], scope: Scope): Promise<Token> {
    const { clock, driver, tokenSeconds, ids } = this.#deps;
    const now = clock.now();
    const proven = await this.#prove(proofs);
    const project = await this.#scopeOf(proven.userId, scope);
    const principal = await driver.principal(proven.userId, project);
    if (!principal) throw AuthenticationFailed({});
    const latest = new Date(Math.floor(now.getTime() / 1000) * 1000 + tokenSeconds * 1000);
    return await this.#issue(principal, {
      auditId: ids.hex(AUDIT_BYTES),
      methods: proven.methods,
      expiresAt: proven.expiresAt && proven.expiresAt < latest ? proven.expiresAt : latest,
    });
  }

  /** A token for somebody known to be who they are, good for a short while: what hosts fetch images with. */
  async issueFor(ctx: Context, seconds: number): Promise<string> {
    const { clock, driver, ids } = this.#deps;
    const principal = await driver.principal(ctx.userId ?? '', ctx.projectId === null ? null : { id: ctx.projectId });
    if (!principal) throw AuthenticationFailed({});
    const expiresAt = new Date(clock.now().getTime() + seconds * 1000);
    return (await this.#issue(principal, { auditId: ids.hex(AUDIT_BYTES), methods: ['token'], expiresAt })).text;
  }

  /** Who stands behind a token now: still enabled, still with these roles, not taken back. Undefined when nobody does. */
  async check(text: string): Promise<Token | undefined> {
    const claims = await this.#read(text);
    if (!claims || (await isRevoked(this.#deps.db, claims.auditId))) return undefined;
    const principal = await this.#deps.driver.principal(claims.userId, claims.projectId === null ? null : { id: claims.projectId });
    return principal && { ...principal, ...claims, text };
  }

  /** Takes a token back before its time. */
  async revoke(text: string): Promise<void> {
    const claims = await this.#read(text);
    if (!claims) throw TokenNotFound({});
    await revokeToken(this.#deps.db, claims);
  }

  projectsOf = (userId: string) => this.#deps.driver.projectsOf(userId);

  /** The context of a request that brings a token. */
  async contextOf(text: string | undefined, requestId: string): Promise<Context> {
    const token = text === undefined ? undefined : await this.check(text);
    if (!token) throw AuthenticationFailed({});
    const roles = token.roles.map(({ name }) => name);
    return {
      requestId,
      userId: token.user.id,
      userName: token.user.name,
      projectId: token.project?.id ?? null,
      ...(token.project ? { projectName: token.project.name } : {}),
      domainId: token.user.domain.id,
      roles: withImplied(roles),
      isAdmin: roles.includes('admin'),
    };
  }

  async #prove(proofs: readonly Proof[]): Promise<{ userId: string; methods: string[]; expiresAt?: Date }> {
    const proven = [];
    for (const proof of proofs) proven.push(await this.#proveOne(proof));
    const [first] = proven;
    if (!first || proven.some(({ userId }) => userId !== first.userId)) throw AuthenticationFailed({});
    const expiries = proven.flatMap(({ expiresAt }) => (expiresAt ? [expiresAt.getTime()] : []));
    return {
      userId: first.userId,
      methods: [...new Set(proofs.map(({ method }) => method))],
      ...(expiries.length > 0 ? { expiresAt: new Date(Math.min(...expiries)) } : {}),
    };
  }

  async #proveOne(proof: Proof): Promise<{ userId: string; expiresAt?: Date }> {
    if (proof.method === 'token') {
      const token = await this.check(proof.token);
      if (!token) throw AuthenticationFailed({});
      return { userId: token.user.id, expiresAt: token.expiresAt };
    }
    const userId = await this.#deps.driver.verifyPassword(proof.user, proof.password);
    if (userId === undefined) throw AuthenticationFailed({});
    return { userId };
  }

  async #scopeOf(userId: string, scope: Scope): Promise<ProjectRef | null> {
    if (typeof scope === 'object') return scope.project;
    const id = scope === 'default' ? await this.#deps.driver.defaultProjectOf(userId) : null;
    return id === null ? null : { id };
  }

  async #issue(principal: Principal, more: Pick<Claims, 'auditId' | 'methods' | 'expiresAt'>): Promise<Token> {
    const [key] = await this.#currentKeys();
    if (!key) throw new Error('there is no key to sign tokens with');
    const issuedAt = new Date(Math.floor(this.#deps.clock.now().getTime() / 1000) * 1000);
    const claims = { ...more, issuedAt, userId: principal.user.id, projectId: principal.project?.id ?? null };
    return { ...principal, ...more, issuedAt, text: await signToken(claims, key) };
  }

  async #read(text: string): Promise<Claims | undefined> {
    return readToken(text, await this.#currentKeys(), this.#deps.clock.now());
  }

  async #currentKeys(): Promise<readonly TokenKey[]> {
    const nowMs = this.#deps.clock.monotonicMs();
    if (!this.#keys || nowMs - this.#keys.readAtMs > KEYS_FRESH_MS) {
      const { db, ids } = this.#deps;
      await ensureTokenKey(db, { id: ids.hex(KEY_ID_BYTES), secret: ids.hex(KEY_BYTES) });
      this.#keys = { list: await tokenKeys(db), readAtMs: nowMs };
    }
    return this.#keys.list;
  }
}

const AUDIT_BYTES = 12;
const KEY_ID_BYTES = 8;
const KEY_BYTES = 32;

/** A role brings the lesser ones with it, as in Keystone's default. */
const implied: Readonly<Record<string, readonly string[]>> = {
  admin: ['manager', 'member', 'reader'],
  manager: ['member', 'reader'],
  member: ['reader'],
};

const withImplied = (roles: readonly string[]): string[] => [...new Set(roles.flatMap((role) => [role, ...(implied[role] ?? [])]))];
