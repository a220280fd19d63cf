import type { Standing, Token } from '../objects/principal.ts';
import type { TokenValidator } from './token-validator.ts';

/** The terms of a new token. */
export interface TokenTerms {
  /** How its owner proved who they are. */
  readonly methods: readonly string[];
  /** The latest expiry; by default the usual lifetime decides. */
  readonly notAfter?: Date | undefined;
}

/** Issues, checks and revokes tokens. */
export interface Tokens extends TokenValidator {
  check(text: string): Promise<Token | undefined>;
  issue(standing: Standing, terms: TokenTerms): Promise<Token>;
  /** Revokes a token; throws TokenNotFound when there is no such token. */
  revoke(text: string): Promise<void>;
}
