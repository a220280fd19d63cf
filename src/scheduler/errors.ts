import { errorType } from '../lib/errors/error-type.ts';

/** Not a host can be heard: rather the way to them is closed, or was until just now, than that all are dead. Asking again may help. */
export const AllHostsSilent = errorType(
  'AllHostsSilent',
  'unavailable',
  (p: { hosts: number; seconds: number }) =>
    `No compute host has given a sign of life for ${p.seconds} seconds (${p.hosts} ${p.hosts === 1 ? 'host' : 'hosts'} in all).`,
);
