import { errorType } from '../lib/errors/error-type.ts';
import type { Refusal } from '../scheduler/request.ts';

/** Nobody could take the server; the message tells its owner why in numbers, the params tell operators where. */
export const NoValidHost = errorType(
  'NoValidHost',
  'conflict',
  (p: { hosts: number; refusals: readonly Refusal[] }) => `No valid host was found. ${explain(p.hosts, p.refusals)}`,
);

/** Every host that the scheduler named was taken by others meanwhile. */
export const HostsTaken = errorType(
  'HostsTaken',
  'conflict',
  (p: { candidates: number }) => `All ${p.candidates} hosts that were free for the server were taken by others at the same moment.`,
);

export const ComputeHostDown = errorType(
  'ComputeHostDown',
  'unavailable',
  (_: { host: string }) => 'The compute host of the server does not answer.',
);

/** The server is in other hands by now; what was being done to it is of no more use. */
export const ServerTaken = errorType(
  'ServerTaken',
  'conflict',
  (p: { serverId: string }) => `Server ${p.serverId} is in the hands of another operation.`,
);

/** How many different reasons of one filter are told. */
const MAX_REASONS = 3;

function explain(hosts: number, refusals: readonly Refusal[]): string {
  if (hosts === 0) return 'There is no compute host in this cloud yet.';
  return `${refusals.map(({ filter, seen, refused }) => `${filter} refused ${refused.length} of ${seen} ${plural(seen)}: ${reasonsOf(refused)}`).join('; ')}.`;
}

const plural = (n: number) => (n === 1 ? 'host' : 'hosts');

/** Like reasons are counted together, the commonest first; hosts are not named. */
function reasonsOf(refused: Refusal['refused']): string {
  const counts = new Map<string, number>();
  for (const { because } of refused) counts.set(because, (counts.get(because) ?? 0) + 1);
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  const told = sorted.slice(0, MAX_REASONS).map(([because, n]) => (counts.size === 1 ? because : `${because} (${n})`));
  const untold = sorted.length - MAX_REASONS;
  return untold > 0 ? `${told.join(', ')} and ${untold} other ${untold === 1 ? 'reason' : 'reasons'}` : told.join(', ');
}
