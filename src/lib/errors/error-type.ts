import type { Kind } from './kind.ts';
import { isOutage } from './outage.ts';

/**
 * A declared error: it has a code (its declared name), a kind and typed params.
 * `message` is public: no host names, paths or SQL. What an operator needs goes into `cause`.
 */
export class NovaError<P extends object = object> extends Error {
  readonly code: string;
  readonly kind: Kind;
  readonly params: P;

  constructor(code: string, kind: Kind, message: string, params: P, options?: ErrorOptions) {
    super(message, options);
    this.name = code;
    this.code = code;
    this.kind = kind;
    this.params = params;
  }
}

/** A declared error: call it to create one; `is` recognises one, also after a round trip over the queue. */
export interface ErrorType<P extends object> {
  (params: P, options?: ErrorOptions): NovaError<P>;
  readonly code: string;
  readonly kind: Kind;
  is(error: unknown): error is NovaError<P>;
}

/**
 * Declares an error: its code, its kind and the public message made from its params.
 * @example const FlavorNotFound = errorType('FlavorNotFound', 'not-found', (p: { id: string }) => `Flavor ${p.id} could not be found.`);
 */
export const errorType = <P extends object>(code: string, kind: Kind, describe: (params: P) => string): ErrorType<P> =>
  Object.assign((params: P, options?: ErrorOptions) => new NovaError<P>(code, kind, describe(params), params, options), {
    code,
    kind,
    is: (error: unknown): error is NovaError<P> => error instanceof NovaError && error.code === code,
  });

/** The kind of any thrown value. An undeclared error is `internal`, unless it is recognised as an outage. */
export function kindOf(error: unknown): Kind {
  if (error instanceof NovaError) return error.kind;
  return isOutage(error) ? 'unavailable' : 'internal';
}

/** The message of any thrown value, for logs and wrapping errors. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
