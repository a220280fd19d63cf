import { createHash, X509Certificate } from 'node:crypto';
import { change, type Changing } from '../../db/change.ts';
import {
  countKeypairs,
  deleteKeypair,
  findKeypair,
  holdKeypairs,
  insertKeypair,
  type Keypair,
  listKeypairs,
  rekeyKeypair,
} from '../../db/stores/servers/keypairs.ts';
import type { CloudDb, InCloud } from '../../db/sql/queries.ts';
import { keypairCreate, keypairDelete, keypairImport, keypairUpdate } from '../../events/compute.ts';
import type { Clock } from '../../lib/clock/clock.ts';
import type { Context } from '../../lib/context/context.ts';
import type { Policy } from '../../policy/policy.ts';
import type { PolicyRule } from '../../policy/rules.ts';
import { QuotaExceeded } from '../../quota/check.ts';
import { limitsOf } from '../../quota/limits.ts';
import type { QuotaLimits } from '../../quota/resources.ts';
import { MarkerNotFound } from '../errors.ts';
import { KeypairExists, KeypairInvalid, KeypairNotFound } from './errors.ts';
import { fingerprintOf, generateSshKey } from './ssh-key.ts';

export interface NewKeypair {
  readonly name: string;
  readonly type: 'ssh' | 'x509';
  /** If absent, a key is generated. */
  readonly publicKey?: string;
  /** Another user's, for admins. */
  readonly userId?: string;
}

/** With the private key if it was generated; it is returned once and not stored. */
export type CreatedKeypair = Omit<Keypair, 'id' | 'createdAt'> & { readonly privateKey?: string };

interface Deps {
  readonly db: CloudDb;
  readonly policy: Policy;
  /** Generated certificates are valid from now on. */
  readonly clock: Pick<Clock, 'now'>;
  /** Limits where an operator has set none; keypairs are counted per user. */
  readonly quotaLimits: QuotaLimits;
}

/** The public keys of users, by name. */
export class KeypairApi {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async create(ctx: Context, keypair: NewKeypair): Promise<CreatedKeypair> {
    const userId = this.#userOf(ctx, 'os_compute_api:os-keypairs:create', keypair.userId);
    const { name, type } = keypair;
    const { publicKey, privateKey } =
      keypair.publicKey === undefined
        ? await generated(type, userId, this.#deps.clock.now())
        : { publicKey: keypair.publicKey, privateKey: undefined };
    const fingerprint = type === 'ssh' ? fingerprintOf(publicKey) : certificateFingerprint(publicKey);
    const made = { userId, name, type, fingerprint, publicKey };
    // The private key was not stored and is lost with the first answer: the keypair gets the one generated now.
    const recall = async (id: number, { trx, tell }: Changing<CloudDb>): Promise<number> => {
      if (privateKey !== undefined && (await rekeyKeypair(trx, id, made))) tell(keypairUpdate(made));
      return id;
    };
    await change(ctx, { db: this.#deps.db, what: 'keypair.create', keep: (id: number) => id, recall }, async ({ trx, tell }) => {
      await holdKeypairs(trx, userId);
      await this.#checkLimit(trx, { projectId: ctx.projectId ?? '', userId });
      const inserted = await insertKeypair(trx, made);
      if (!inserted) throw KeypairExists({ name });
      tell((privateKey === undefined ? keypairImport : keypairCreate)(inserted));
      return inserted.id;
    });
    return privateKey === undefined ? made : { ...made, privateKey };
  }

  async find(ctx: Context, name: string, user?: string): Promise<Keypair> {
    const userId = this.#userOf(ctx, 'os_compute_api:os-keypairs:show', user);
    const keypair = await findKeypair(this.#deps.db, { userId, name });
    if (!keypair) throw KeypairNotFound({ name, userId });
    return keypair;
  }

  async list(ctx: Context, page: { limit: number; marker?: string; userId?: string }): Promise<readonly Keypair[]> {
    const userId = this.#userOf(ctx, 'os_compute_api:os-keypairs:index', page.userId);
    const keypairs = await listKeypairs(this.#deps.db, { ...page, userId });
    if (!keypairs) throw MarkerNotFound({ marker: page.marker ?? '' });
    return keypairs;
  }

  async delete(ctx: Context, name: string, user?: string): Promise<void> {
    const userId = this.#userOf(ctx, 'os_compute_api:os-keypairs:delete', user);
    await change(ctx, { db: this.#deps.db, what: 'keypair.delete' }, async ({ trx, tell }) => {
      const keypair = await deleteKeypair(trx, { userId, name });
      if (!keypair) throw KeypairNotFound({ name, userId });
      tell(keypairDelete(keypair));
    });
  }

  #userOf(ctx: Context, rule: PolicyRule, user: string | undefined): string {
    const userId = user ?? ctx.userId ?? '';
    this.#deps.policy.check(ctx, rule, { user_id: userId });
    return userId;
  }

  async #checkLimit(trx: InCloud, owner: { projectId: string; userId: string }): Promise<void> {
    const { key_pairs: limit } = (await limitsOf(trx, owner, this.#deps.quotaLimits)).user;
    if (limit < 0) return;
    const used = await countKeypairs(trx, owner.userId);
    if (used >= limit) throw QuotaExceeded({ over: [{ resource: 'key_pairs', requested: 1, used, limit }] });
  }
}

async function generated(type: 'ssh' | 'x509', userId: string, now: Date) {
  if (type === 'ssh') return await generateSshKey();
  // Certificates are rare, and what makes them takes 19 MB: it is loaded with the first.
  const { generateX509Key } = await import('./x509-key.ts');
  return await generateX509Key(userId, now);
}

function certificateFingerprint(pem: string): string {
  try {
    const digest = createHash('sha1').update(new X509Certificate(pem).raw).digest('hex');
    return (digest.match(/../g) ?? []).join(':');
  } catch (cause) {
    throw KeypairInvalid({ because: 'failed to generate X509 fingerprint' }, { cause });
  }
}
