import type { WholeDb } from '../../db/sql/queries.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import type { Context } from '../../lib/context/context.ts';
import type { Log } from '../../lib/log/log.ts';
import type { NameMatch } from '../../objects/identity.ts';
import type { Policy } from '../../policy/policy.ts';
import type { PolicyRule } from '../../policy/rules.ts';
import type { IdentityApi } from '../api.ts';
import { NotAuthorized } from '../errors.ts';
import type { Semaphore } from '../semaphore.ts';

/** What the administration of identities needs. */
export interface AdminDeps {
  /** The whole database: the servers that a deleted project leaves are counted. */
  readonly db: WholeDb;
  readonly ids: Ids;
  readonly policy: Policy;
  readonly log: Log;
  /** Checks the old password of users who change it. */
  readonly identity: IdentityApi;
  /** Shared with the logins: hashing a new password costs as much as checking one. */
  readonly hashing: Semaphore;
}

/** What a request is about, by the names that Keystone's rules use. */
export type IdentityTarget = Readonly<Partial<Record<'target.user.id' | 'target.project.id' | 'target.domain.id', string>>>;

/** Throws NotAuthorized if policy forbids the action. Called before any lookup, so that a refusal does not reveal what exists. */
export function authorize({ policy }: AdminDeps, ctx: Context, rule: PolicyRule, target: IdentityTarget = {}): void {
  if (!policy.may(ctx, rule, target)) throw NotAuthorized({ rule });
}

/** Filters of every list by name; all of them apply. */
export interface NameFilter {
  readonly name?: string | undefined;
  readonly nameMatches?: readonly NameMatch[] | undefined;
}

/** Where a page of a list begins, and its maximum length. */
export interface PageWanted {
  /** The id of the last one of the page before. */
  readonly marker?: string | undefined;
  readonly limit: number;
}

/** Bytes of an id: 32 hex digits, as Keystone's. */
const ID_BYTES = 16;
export const newId = ({ ids }: AdminDeps): string => ids.hex(ID_BYTES);
