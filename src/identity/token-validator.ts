import type { Principal } from '../objects/principal.ts';

/** Tells who stands behind a token: of our own identity service, or of another one that gave it. */
export interface TokenValidator {
  /** Who it is now: still enabled, still with these roles, the token not taken back. Undefined when nobody stands behind it. */
  check(text: string): Promise<Principal | undefined>;
}
