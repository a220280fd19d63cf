/** Picks CPUs of a host for a guest, by how it may share cores with itself and with others. */
import type { WantedTopology } from './wanted-topology.ts';

/** A core of the host. */
export interface Core {
  readonly threads: readonly number[];
  /** Those of its threads that a guest can have for itself now. */
  readonly free: readonly number[];
}

/** What was picked: a CPU for each of the guest, how many of them are on a core, and threads beside them that stay idle. */
export interface Picked {
  readonly cpus: readonly number[];
  readonly threads: number;
  readonly idle: readonly number[];
}

/** So many CPUs; undefined where the cores do not have them. */
export function pickCpus(count: number, cores: readonly Core[], policy: WantedTopology['threadPolicy']): Picked | undefined {
  if (count === 0) return { cpus: [], threads: 1, idle: [] };
  if (policy === 'isolate') return isolated(count, cores);
  const most = Math.max(1, ...cores.map(({ free }) => free.length));
  for (let threads = most; threads > 1; threads -= 1) {
    if (policy === 'require' && count % threads !== 0) continue;
    const cpus = cores.filter(({ free }) => free.length >= threads).flatMap(({ free }) => free.slice(0, threads));
    if (cpus.length >= count) return { cpus: cpus.slice(0, count), threads: count % threads === 0 ? threads : 1, idle: [] };
  }
  if (policy === 'require') return undefined;
  const all = cores.flatMap(({ free }) => free);
  return all.length < count ? undefined : { cpus: all.slice(0, count), threads: 1, idle: [] };
}

/** A whole core for each CPU. */
function isolated(count: number, cores: readonly Core[]): Picked | undefined {
  const whole = cores.filter(isWhole).slice(0, count);
  if (whole.length < count) return undefined;
  return { cpus: whole.flatMap(({ free }) => free.slice(0, 1)), threads: 1, idle: whole.flatMap(({ free }) => free.slice(1)) };
}

const isWhole = ({ threads, free }: Core): boolean => free.length > 0 && free.length === threads.length;

/** How many CPUs a guest with this policy could have at most. */
export function mostCpus(cores: readonly Core[], policy: WantedTopology['threadPolicy']): number {
  if (policy === 'isolate') return cores.filter(isWhole).length;
  const usable = policy === 'require' ? cores.filter(({ free }) => free.length > 1) : cores;
  return usable.reduce((sum, { free }) => sum + free.length, 0);
}
