import { type Filter, pass, reject } from './filter.ts';

/** It was not tried there in vain before. */
export const retryFilter: Filter = {
  name: 'RetryFilter',
  check: (host, { excludedHosts }) => (excludedHosts.includes(host.host) ? reject('it was tried there before and failed') : pass),
};
