import { errorType } from '../../lib/errors/error-type.ts';

/** Errors of aggregates, with Nova's texts. */

export const AggregateNotFound = errorType(
  'AggregateNotFound',
  'not-found',
  (p: { id: string }) => `Aggregate ${p.id} could not be found.`,
);

export const AggregateNameExists = errorType(
  'AggregateNameExists',
  'conflict',
  (p: { name: string }) => `Aggregate ${p.name} already exists.`,
);

export const AggregateHostExists = errorType(
  'AggregateHostExists',
  'conflict',
  (p: { id: number; host: string }) => `Aggregate ${p.id} already has host ${p.host}.`,
);

export const AggregateHostNotFound = errorType(
  'AggregateHostNotFound',
  'not-found',
  (p: { id: number; host: string }) => `Aggregate ${p.id} has no host ${p.host}.`,
);

export const ComputeHostNotFound = errorType(
  'ComputeHostNotFound',
  'not-found',
  (p: { host: string }) => `Compute host ${p.host} could not be found.`,
);

interface Refused {
  readonly id: number;
  readonly because: string;
}

export const HostNotAdded = errorType(
  'HostNotAdded',
  'conflict',
  (p: Refused) => `Cannot add host to aggregate ${p.id}. Reason: ${p.because}.`,
);

export const HostNotRemoved = errorType(
  'HostNotRemoved',
  'conflict',
  (p: Refused) => `Cannot remove host from aggregate ${p.id}. Reason: ${p.because}.`,
);

export const AggregateNotDeleted = errorType(
  'AggregateNotDeleted',
  'invalid',
  (p: Refused) => `Cannot remove host from aggregate ${p.id}. Reason: ${p.because}.`,
);

export const AggregateNotUpdated = errorType(
  'AggregateNotUpdated',
  'invalid',
  (p: Refused) => `Cannot update aggregate ${p.id}. Reason: ${p.because}.`,
);

export const MetadataNotUpdated = errorType(
  'MetadataNotUpdated',
  'invalid',
  (p: Refused) => `Cannot update metadata of aggregate ${p.id}. Reason: ${p.because}.`,
);

export const UncacheableImage = errorType('UncacheableImage', 'invalid', (p: { id: string; because: 'unknown' | 'without data' }) =>
  p.because === 'unknown' ? `Image ${p.id} could not be found.` : `Image ${p.id} has no data yet.`,
);

export const RepeatedImage = errorType('RepeatedImage', 'invalid', (_: object) => 'Duplicate images in request');
