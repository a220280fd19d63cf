import { errorType } from '../../lib/errors/error-type.ts';

export const UsageTimesReversed = errorType(
  'UsageTimesReversed',
  'invalid',
  (_: object) => 'Invalid start time. The start time cannot occur after the end time.',
);
