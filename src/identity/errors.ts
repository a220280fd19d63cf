import { errorType } from '../lib/errors/error-type.ts';

/** One answer for every way in which a login can fail: whoever guesses learns nothing. */
export const AuthenticationFailed = errorType(
  'AuthenticationFailed',
  'unauthenticated',
  (_: object) => 'The request you have made requires authentication.',
);

export const TokenNotFound = errorType('TokenNotFound', 'not-found', (_: object) => 'Could not find token.');
