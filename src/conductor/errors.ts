import { errorType } from '../lib/errors/error-type.ts';
import type { Refusal } from '../scheduler/request.ts';

/** No host could take the server; the message gives its owner the reasons in numbers, the params tell operators the hosts. */
export const NoValidHost = errorType(
  'NoValidHost',
  'conflict',
  (p: { hosts: number; refusals: readonly Refusal[] }) => `No valid host was found. ${explain(p.hosts, p.refusals)}`,
);

/** Every host that the scheduler named was full when it came to the claim. */
export const HostsTaken = errorType(
  'HostsTaken',
  'conflict',
  (p: { candidates: number }) => `All ${p.candidates} hosts that were free for the server were taken by others at the same moment.`,
);

/** Concurrent boots of the server's group took hosts that the scheduler named, and none of the others had room. */
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

/** Another operation has taken over the server; this one's result is obsolete. */
export const ServerTaken = errorType(
  'ServerTaken',
  'conflict',
  (p: { serverId: string }) => `Server ${p.serverId} is held by another operation.`,
);

/** A kernel or ramdisk that an image names in its properties. */
export const NamedImageUnusable = errorType(
  'NamedImageUnusable',
  'invalid',
  (p: { id: string; property: string; because: 'unknown' | 'without data' }) =>
    `The image's ${p.property} names image ${p.id}, which ${p.because === 'unknown' ? 'could not be found' : 'is not active'}.`,
);

/** The server has the port already. */
export const PortStillInUse = errorType('PortInUse', 'conflict', (p: { portId: string }) => `Port ${p.portId} is still in use.`);

/** Somebody took the volume from the server before its guest had it. */
export const VolumeTaken = errorType(
  'VolumeTaken',
  'conflict',
  (p: { volumeId: string }) => `Volume ${p.volumeId} was taken from the server.`,
);

/** A volume that a server was to be booted with. */
export const VolumeNotMade = errorType('VolumeNotCreated', 'conflict', (p: { volumeId: string; status: string; isLate: boolean }) =>
  p.isLate
    ? `Volume ${p.volumeId} did not finish being created in the time that servers wait for volumes; its status is ${p.status}.`
    : `Volume ${p.volumeId} could not be created; its status is ${p.status}.`,
);

export const SnapshotNotTaken = errorType(
  'SnapshotNotTaken',
  'conflict',
  (p: { snapshotId: string; status: string }) => `Snapshot ${p.snapshotId} could not be taken; its status is ${p.status}.`,
);

export const VolumeNotReimaged = errorType(
  'VolumeReimageFailed',
  'conflict',
  (p: { volumeId: string; status: string }) => `Volume ${p.volumeId} could not get the data of the image; its status is ${p.status}.`,
);

/** How many different reasons are told for each filter. */
const MAX_REASONS = 3;

function explain(hosts: number, refusals: readonly Refusal[]): string {
  if (hosts === 0) return 'There is no compute host in this cloud yet.';
  return `${refusals.map((refusal) => `${refusal.filter} refused ${refusal.refused} of ${refusal.seen} ${plural(refusal.seen)}: ${reasonsOf(refusal)}`).join('; ')}.`;
}

const plural = (n: number) => (n === 1 ? 'host' : 'hosts');

/** The most frequent reasons, with how many hosts each refused; hosts are not named. */
function reasonsOf({ reasons, otherReasons }: Refusal): string {
  const others = otherReasons + Math.max(0, reasons.length - MAX_REASONS);
  const isOnly = reasons.length + otherReasons === 1;
  const told = reasons.slice(0, MAX_REASONS).map(({ because, hosts }) => (isOnly ? because : `${because} (${hosts})`));
  return others > 0 ? `${told.join(', ')} and ${others} other ${others === 1 ? 'reason' : 'reasons'}` : told.join(', ');
}

/** Somebody deleted the image before it had its data. */
export const ImageVanished = errorType(
  'ImageVanished',
  'not-found',
  (p: { imageId: string }) => `Image ${p.imageId} was deleted before the disk of the server was copied into it.`,
);

/** An administrator withholds the image that a shelved server is started from. */
export const ShelvedImageWithheld = errorType(
  'ShelvedImageWithheld',
  'conflict',
  (p: { serverId: string; imageId: string }) => `Error during unshelve instance ${p.serverId}: image ${p.imageId} is not active.`,
);

/** Somebody deleted the image that a shelved server is started from. */
export const ShelvedImageGone = errorType(
  'ShelvedImageGone',
  'not-found',
  (p: { serverId: string; imageId: string }) => `Error during unshelve instance ${p.serverId}: image ${p.imageId} not found.`,
);
