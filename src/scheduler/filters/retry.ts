import { type Filter, pass, reject } from './filter.ts';

/** No earlier attempt failed on the host. */
export const retryFilter: Filter = {
  name: 'RetryFilter',
  checkFor: ({ excludedHosts }) => {
    if (excludedHosts.length === 0) return undefined;
    return ({ host }) => (excludedHosts.includes(host) ? reject('it was tried there before and failed') : pass);
  },
};
