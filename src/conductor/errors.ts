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

/** Other members of the server's group came first to hosts that the scheduler named, and none of the others had room. */
export const GroupHostsTaken = errorType(
  'GroupHostsTaken',
  'conflict',
  (p: { candidates: number; againstGroup: number }) =>
    `Of ${p.candidates} hosts that were free for the server, ${p.againstGroup} went against the policy of its server group when other members were placed at the same moment.`,
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

/** A kernel or ramdisk that an image names in its properties. */
export const NamedImageUnusable = errorType(
  'NamedImageUnusable',
  'invalid',
  (p: { id: string; property: string; because: 'unknown' | 'without data' }) =>
    `The image's ${p.property} names image ${p.id}, which ${p.because === 'unknown' ? 'could not be found' : 'is not active'}.`,
);

/** How many different reasons of one filter are told. */
const MAX_REASONS = 3;

function explain(hosts: number, refusals: readonly Refusal[]): string {
  if (hosts === 0) return 'There is no compute host in this cloud yet.';
  return `${refusals.map((refusal) => `${refusal.filter} refused ${refusal.refused} of ${refusal.seen} ${plural(refusal.seen)}: ${reasonsOf(refusal)}`).join('; ')}.`;
}

const plural = (n: number) => (n === 1 ? 'host' : 'hosts');

/** The commonest reasons, with how many hosts each refused; hosts are not named. */
function reasonsOf({ reasons, otherReasons }: Refusal): string {
  const untold = otherReasons + Math.max(0, reasons.length - MAX_REASONS);
  const isOnly = reasons.length + otherReasons === 1;
  const told = reasons.slice(0, MAX_REASONS).map(({ because, hosts }) => (isOnly ? because : `${because} (${hosts})`));
  return untold > 0 ? `${told.join(', ')} and ${untold} other ${untold === 1 ? 'reason' : 'reasons'}` : told.join(', ');
}
