import type { Principal } from '../objects/principal.ts';

/** What an earlier check found, and whether a check that begins now finds the same. */
export interface Recalled<T> {
  readonly found: T;
  readonly stillHolds: Promise<boolean>;
}

/** Finds the user of a token, whether our own identity service or another one issued it. */
export interface TokenValidator {
  /** The user with their present roles. Undefined for a token that is invalid or revoked, or whose user is disabled. */
  check(text: string): Promise<Principal | undefined>;
  /** The user as of an earlier check of the same token, at once; undefined when there was none. */
  recall?(text: string): Recalled<Principal> | undefined;
}
