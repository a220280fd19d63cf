import { errorType, messageOf, type NovaError } from '../errors/error-type.ts';

const CannotListen = errorType(
  'CannotListen',
  'unavailable',
  (p: { name: string; host: string; port: number; because: string; advice: string }) =>
    `${p.name} cannot listen on ${p.host}:${p.port} (${p.because})${p.advice && `; ${p.advice}`}`,
);

/** How to fix the two usual causes: another program has the port, or the machine does not have the address. */
export interface ListenAdvice {
  readonly portTaken: string;
  readonly addressMissing: string;
}

/** Adds advice to the system's error when a server cannot listen. */
export function cannotListen(
  cause: unknown,
  { advice, ...server }: { readonly name: string; readonly host: string; readonly port: number; readonly advice: ListenAdvice },
): NovaError {
  return CannotListen({ ...server, because: messageOf(cause), advice: adviceFor(cause, advice) }, { cause });
}

function adviceFor(cause: unknown, { portTaken, addressMissing }: ListenAdvice): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'EADDRINUSE') return portTaken;
  return code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' ? addressMissing : '';
}
