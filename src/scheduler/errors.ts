import { errorType } from '../lib/errors/error-type.ts';

/** Every host is silent. A broker outage, present or just over, is more likely than the death of all hosts, so a retry may succeed. */
export const AllHostsSilent = errorType(
  'AllHostsSilent',
  'unavailable',
  (p: { hosts: number; seconds: number }) =>
    `No compute host has sent a heartbeat for ${p.seconds} seconds (${p.hosts} ${p.hosts === 1 ? 'host' : 'hosts'} in all).`,
);

/** Neither a server nor a request of which a decision is recorded. */
export const UnknownPlacement = errorType(
  'UnknownPlacement',
  'not-found',
  (p: { id: string }) => `There is no server ${p.id}, and no decision of the scheduler about it or for such a request.`,
);
