import { type Filter, pass, reject } from './filter.ts';

/** The host's compute service is enabled and alive. */
export const computeFilter: Filter = {
  name: 'ComputeFilter',
  checkFor: () => (host) => {
    // Tenants see the reasons of filters, so the operator's reason is left out.
    if (host.disabled) return reject('the compute service is disabled');
    if (host.forcedDown) return reject('the compute service was forced down');
    return host.up ? pass : reject(`the compute service has been silent for ${Math.round(host.silentSeconds ?? 0)} s`);
  },
};
