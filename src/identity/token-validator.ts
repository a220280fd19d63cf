import type { Principal } from '../objects/principal.ts';

/** Finds the user of a token, whether our own identity service or another one issued it. */
export interface TokenValidator {
  /** The user with their present roles. Undefined for a token that is invalid or revoked, or whose user is disabled. */
  check(text: string): Promise<Principal | undefined>;
}
