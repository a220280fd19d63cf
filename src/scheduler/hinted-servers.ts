/** The servers named in a request's hints: their hosts decide where the new server may go. */
import type { RequestSpec } from './request.ts';

/** The hints that name servers, as clients write them. */
export type ServerHint = 'same_host' | 'different_host';

/** The servers that a hint names, in lower case and each once: the hint may be one id or a list of them. */
export function hintedServers({ hints }: Pick<RequestSpec, 'hints'>, hint: ServerHint): readonly string[] {
  const named: readonly unknown[] = [hints[hint] ?? []].flat();
  return [...new Set(named.flatMap((id) => (typeof id === 'string' && id !== '' ? [id.toLowerCase()] : [])))];
}

/** All servers whose hosts must be known before the filters run. */
export const allHintedServers = (request: Pick<RequestSpec, 'hints'>): readonly string[] => [
  ...hintedServers(request, 'same_host'),
  ...hintedServers(request, 'different_host'),
];
