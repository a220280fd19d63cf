import type { Standing, Token } from '../objects/principal.ts';
import type { TokenValidator } from './token-validator.ts';

/** What a new token says beside whose it is. */
export interface TokenTerms {
  /** How its owner proved who they are. */
  readonly methods: readonly string[];
  /** When it ends at the latest; left out, its usual time decides. */
  readonly notAfter?: Date | undefined;
}

/** Gives tokens, checks them, and takes them back. */
export interface Tokens extends TokenValidator {
  check(text: string): Promise<Token | undefined>;
  issue(standing: Standing, terms: TokenTerms): Promise<Token>;
  /** Takes a token back before its time; throws TokenNotFound when there is no such token. */
  revoke(text: string): Promise<void>;
}
