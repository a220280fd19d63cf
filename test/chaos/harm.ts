/** The faults of a chaos run: victim, kind and duration. Chosen at random, described in words. */
import type { Ids } from '../../src/lib/clock/ids.ts';
import { pick } from '../support/schema-samples.ts';
import { between, pickWeighted } from './chance.ts';

/** One fault. `downMs` is how long its victim is away before it is brought back. */
export type Harm =
  | { readonly kind: 'kill'; readonly victim: string; readonly downMs: number }
  | { readonly kind: 'kill broker'; readonly downMs: number }
  | { readonly kind: 'kill database'; readonly downMs: number }
  /** The process is suspended (SIGSTOP): it seems dead, but continues later. */
  | { readonly kind: 'freeze'; readonly victim: string; readonly downMs: number }
  /** Messages from and to the process are delayed. */
  | { readonly kind: 'delay messages'; readonly victim: string; readonly downMs: number }
  /** Messages from and to the process are delayed, then lost with their connection. */
  | { readonly kind: 'drop messages'; readonly victim: string; readonly downMs: number }
  /** Its database traffic is delayed, then lost with its connections: the process does not know what was committed. */
  | { readonly kind: 'drop queries'; readonly victim: string; readonly downMs: number };

/** The weight of a service as a victim: the more can go wrong in it, the more often it is hit. */
const weights: Readonly<Record<string, number>> = { api: 2, conductor: 4, scheduler: 1, network: 2, compute: 3 };

const kinds = [
  { kind: 'kill', weight: 10 },
  { kind: 'kill broker', weight: 2 },
  { kind: 'kill database', weight: 2 },
  { kind: 'freeze', weight: 2 },
  { kind: 'delay messages', weight: 1 },
  { kind: 'drop messages', weight: 2 },
  { kind: 'drop queries', weight: 2 },
] as const;

/** How long a victim may be away. */
export interface Patience {
  /** Longer than the service-down time, so that others take over its work. Most victims are away for less. */
  readonly downAfterMs: number;
  readonly mostMs?: number | undefined;
}

interface Process {
  readonly name: string;
  readonly service: string;
}

/** One in this many times, two faults happen together. */
const TOGETHER = 6;

/** Chooses the faults of one round: mostly one, sometimes two, at most `left`. */
export function harmsBy(
  chance: Ids,
  processes: readonly Process[],
  { left, ...patience }: Patience & { readonly left: number },
): readonly Harm[] {
  const [first, second] = [harmBy(chance, processes, patience), harmBy(chance, processes, patience)];
  // Not two kills: restarting the first would restart the second too.
  const fit = first.kind !== second.kind && !('victim' in first && 'victim' in second && first.victim === second.victim);
  return chance.below(TOGETHER) === 0 && fit && left > 1 ? [first, second] : [first];
}

function harmBy(chance: Ids, processes: readonly Process[], { downAfterMs, mostMs = Number.POSITIVE_INFINITY }: Patience): Harm {
  const { kind } = pickWeighted(kinds, chance);
  const able = processes.filter(({ service }) => kind !== 'drop queries' || service !== 'compute');
  const victim = pickWeighted(
    able.map(({ name, service }) => ({ name, weight: weights[service] ?? 1 })),
    chance,
  ).name;
  const [short, long] = [between(0, 1_500, chance), between(downAfterMs, 2 * downAfterMs, chance)];
  const isLong = chance.below(3) === 0;
  const atMost = (ms: number): number => Math.min(ms, mostMs);
  if (kind === 'kill broker' || kind === 'kill database') return { kind, downMs: atMost(pick([0, short, 4_000], chance)) };
  if (kind === 'drop queries') return { kind, victim, downMs: atMost(between(0, 3_000, chance)) };
  if (kind === 'delay messages' || kind === 'drop messages') return { kind, victim, downMs: atMost(between(300, 6_000, chance)) };
  return { kind, victim, downMs: atMost(isLong ? long : short) };
}

/** The fault in words. */
export const toldHarm = (harm: Harm): string => {
  const who = 'victim' in harm ? ` ${harm.victim}` : '';
  const how = harm.kind.startsWith('kill') ? 'back after' : 'for';
  const verb = harm.kind.startsWith('kill') ? harm.kind.replace('kill', 'kill -9') : harm.kind.replace(/(messages|queries)/, '$1 of');
  return `${verb}${who}, ${how} ${(harm.downMs / 1000).toFixed(1)} s`;
};
