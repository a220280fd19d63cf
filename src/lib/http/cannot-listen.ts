import { errorType, messageOf, type NovaError } from '../errors/error-type.ts';
import { codeOf } from '../errors/outage.ts';

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

/** Says in words why a server cannot listen, and what to do. */
export function cannotListen(
  cause: unknown,
  { advice, ...server }: { readonly name: string; readonly host: string; readonly port: number; readonly advice: ListenAdvice },
): NovaError {
  const { because, whatToDo } = known(codeOf(cause), advice) ?? { because: messageOf(cause), whatToDo: '' };
  return CannotListen({ ...server, because, advice: whatToDo }, { cause });
}

function known(code: string, { portTaken, addressMissing }: ListenAdvice): { because: string; whatToDo: string } | undefined {
  if (code === 'EADDRINUSE') return { because: 'another program has the port', whatToDo: portTaken };
  if (code === 'EADDRNOTAVAIL') return { because: 'this machine does not have the address', whatToDo: addressMissing };
  if (code === 'ENOTFOUND') return { because: 'there is no such host', whatToDo: addressMissing };
  return undefined;
}
