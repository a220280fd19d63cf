/** What the aggregates of a host say under a key: values of several aggregates, and several values of one, count together. */
import type { HostState } from './host-state.ts';

const none: readonly string[] = [];

/** The values of a key; commas separate several. */
export function valuesOf({ aggregates }: Pick<HostState, 'aggregates'>, key: string): readonly string[] {
  if (aggregates.length === 0) return none;
  return aggregates.flatMap(({ metadata }) => (Object.hasOwn(metadata, key) ? (metadata[key] ?? '').split(',').map(trimmed) : none));
}

/** The least number among the values of a key; undefined where there is none. */
export function leastOf(host: Pick<HostState, 'aggregates'>, key: string): number | undefined {
  if (host.aggregates.length === 0) return undefined;
  const numbers = valuesOf(host, key).filter((value) => value !== '' && Number.isFinite(Number(value)));
  return numbers.length === 0 ? undefined : Math.min(...numbers.map(Number));
}

const trimmed = (text: string): string => text.trim();
