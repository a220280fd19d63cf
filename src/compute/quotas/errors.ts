import { errorType } from '../../lib/errors/error-type.ts';

/** Errors of quotas, with Nova's texts. */

export const LimitBelowUse = errorType(
  'LimitBelowUse',
  'invalid',
  (p: { resource: string; limit: number; least: number }) =>
    `Quota limit ${p.limit} for ${p.resource} must be greater than or equal to already used and reserved ${p.least}.`,
);

export const LimitAboveProject = errorType(
  'LimitAboveProject',
  'invalid',
  (p: { resource: string; limit: number; most: number }) =>
    `Quota limit ${p.limit} for ${p.resource} must be less than or equal to ${p.most}.`,
);
