import { type Filter, pass, reject } from './filter.ts';

/** The host's compute service is enabled and alive. */
export const computeFilter: Filter = {
  name: 'ComputeFilter',
  check: (host) => {
    if (host.disabled) return reject(`the compute service is disabled${host.disabledReason ? ` (${host.disabledReason})` : ''}`);
    return host.up ? pass : reject(`the compute service has been silent for ${Math.round(host.silentSeconds)} s`);
  },
};
