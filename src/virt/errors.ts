import { errorType } from '../lib/errors/error-type.ts';

/** The volume is not among the guest's. */
export const GuestLacksVolume = errorType(
  'GuestLacksVolume',
  'not-found',
  (p: { serverId: string; volumeId: string }) => `The guest of server ${p.serverId} does not have volume ${p.volumeId}.`,
);

export const GuestNotFound = errorType(
  'GuestNotFound',
  'not-found',
  (p: { serverId: string }) => `Server ${p.serverId} has no guest on its host.`,
);

export const GuestInWrongState = errorType(
  'GuestInWrongState',
  'conflict',
  (p: { serverId: string; state: string; wanted: string }) => `The guest of server ${p.serverId} is ${p.state}, not ${p.wanted}.`,
);

/** The guest was made without it, or its hypervisor has none. */
export const NoSuchConsole = errorType(
  'NoSuchConsole',
  'invalid',
  (p: { serverId: string; kind: string }) => `The guest of server ${p.serverId} has no ${p.kind} console.`,
);

export const ImageUnusable = errorType(
  'ImageUnusable',
  'invalid',
  (p: { imageId: string; because: string }) => `Image ${p.imageId} is unacceptable: ${p.because}`,
);

export const HypervisorUnavailable = errorType(
  'HypervisorUnavailable',
  'unavailable',
  (p: { because: string }) => `The hypervisor cannot be reached: ${p.because}`,
);

/** The hypervisor refused or failed; the cause holds its own message, for operators. */
export const HypervisorFailed = errorType('HypervisorFailed', 'internal', (p: { what: string }) => `The hypervisor could not ${p.what}.`);

export const GuestNotDestroyed = errorType(
  'GuestNotDestroyed',
  'unavailable',
  (p: { serverId: string }) => `The hypervisor could not destroy the guest of server ${p.serverId}, even with retries.`,
);

/** Drivers find guests by id, but a hypervisor also requires unique names. */
export const GuestNameTaken = errorType(
  'GuestNameTaken',
  'internal',
  (p: { name: string }) =>
    `The hypervisor has a guest called ${p.name} that is not of this cloud. Clouds that share a hypervisor need different names: set instance_name_template.`,
);

export const NotSupportedByHypervisor = errorType(
  'NotSupportedByHypervisor',
  'not-implemented',
  (p: { ability: string }) => `The hypervisor of the server does not support ${p.ability}.`,
);

/** A guest cannot run on the host that it should come to; another may take it. */
export const CannotTakeIn = errorType('CannotTakeIn', 'invalid', (p: { because: string }) => `Migration pre-check error: ${p.because}`);

/** A guest is on its way to this host: where it will be is not decided. */
export const GuestStillComing = errorType(
  'GuestStillComing',
  'unavailable',
  (p: { serverId: string }) => `The guest of server ${p.serverId} is on its way to this host.`,
);

/** A live migration ended without success; the guest runs where it was. The cause has the hypervisor's message. */
export const LiveMigrationFailed = errorType(
  'LiveMigrationFailed',
  'internal',
  (p: { because: string }) => `Migration error: ${p.because}`,
);

/** The agent in a guest is not there, or does not answer. */
export const GuestAgentSilent = errorType(
  'GuestAgentSilent',
  'conflict',
  (p: { serverId: string }) => `The agent in the guest of server ${p.serverId} does not answer.`,
);

/** The agent refused; the cause holds its own message, for operators. */
export const GuestAgentFailed = errorType(
  'GuestAgentFailed',
  'conflict',
  (p: { serverId: string; what: string }) => `The agent in the guest of server ${p.serverId} could not ${p.what}.`,
);

/** A resize that would cut off the end of a disk. */
export const DiskTooLarge = errorType(
  'DiskTooLarge',
  'invalid',
  (p: { serverId: string; bytes: number; gb: number }) => `Unable to resize disk down: it has ${p.bytes} bytes, the flavor ${p.gb} GB.`,
);

/** A running guest releases a device itself; one that is paused, or whose kernel is not up, cannot. */
export const DeviceNotReleased = errorType(
  'DeviceDetachFailed',
  'internal',
  (p: { serverId: string; device: string; attempts: number }) =>
    `The guest of server ${p.serverId} did not release ${p.device}, asked ${p.attempts} times.`,
);
