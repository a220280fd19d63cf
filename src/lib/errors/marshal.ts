import { kindOf, messageOf, NovaError } from './error-type.ts';
import { isKind, type Kind } from './kind.ts';

/** An error as JSON, for the queue and the database: it comes back with the same code, kind, params and chain of causes. */
export interface MarshalledError {
  readonly code: string;
  readonly kind: Kind;
  readonly message: string;
  readonly params: object;
  readonly cause?: MarshalledError;
}

/** How many causes travel with an error; deeper ones are cut. */
const MAX_CAUSES = 4;

export function marshalError(error: unknown, depth = 0): MarshalledError {
  const cause =
    error instanceof Error && error.cause !== undefined && depth < MAX_CAUSES ? { cause: marshalError(error.cause, depth + 1) } : {};
  return error instanceof NovaError
    ? { code: error.code, kind: error.kind, message: error.message, params: error.params, ...cause }
    : { code: error instanceof Error ? error.name : 'Error', kind: kindOf(error), message: messageOf(error), params: {}, ...cause };
}

export function unmarshalError(wire: MarshalledError): NovaError {
  const kind = isKind(wire.kind) ? wire.kind : 'internal';
  return new NovaError(wire.code, kind, wire.message, wire.params, wire.cause ? { cause: unmarshalError(wire.cause) } : undefined);
}
