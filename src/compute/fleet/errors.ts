import { errorType } from '../../lib/errors/error-type.ts';

/** Errors of services and hypervisors, with Nova's texts. */

export const ServiceNotFound = errorType('ServiceNotFound', 'not-found', (p: { id: string }) => `Service ${p.id} could not be found.`);

export const HostBinaryNotFound = errorType(
  'HostBinaryNotFound',
  'not-found',
  (p: { binary: string; host: string }) => `Could not find binary ${p.binary} on host ${p.host}.`,
);

export const ServiceNotCompute = errorType(
  'ServiceNotCompute',
  'invalid',
  (p: { binary: string }) => `Updating a ${p.binary} service is not supported. Only nova-compute services can be updated.`,
);

export const ServiceHostsServers = errorType(
  'ServiceHostsServers',
  'conflict',
  (_: object) => 'Unable to delete compute service that is hosting instances. Migrate or delete the instances first.',
);

export const HypervisorNotFound = errorType(
  'HypervisorNotFound',
  'not-found',
  (p: { id: string }) => `Hypervisor with ID '${p.id}' could not be found.`,
);

export const NoHypervisorMatches = errorType(
  'NoHypervisorMatches',
  'not-found',
  (p: { pattern: string }) => `No hypervisor matching '${p.pattern}' could be found.`,
);

export const UptimeUnknown = errorType('UptimeUnknown', 'not-implemented', (_: object) => 'The hypervisor does not tell its uptime.');

export const HypervisorIsDown = errorType(
  'HypervisorIsDown',
  'invalid',
  (p: { hypervisor: string }) => `Compute service of ${p.hypervisor} is unavailable at this time.`,
);

export const HostNotFound = errorType('HostNotFound', 'not-found', (p: { host: string }) => `Compute host ${p.host} could not be found.`);

export const HostCannot = errorType(
  'HostCannot',
  'not-implemented',
  (p: { what: string }) => `Virt driver does not implement host ${p.what}.`,
);

export const UsageTimesReversed = errorType(
  'UsageTimesReversed',
  'invalid',
  (_: object) => 'Invalid start time. The start time cannot occur after the end time.',
);
