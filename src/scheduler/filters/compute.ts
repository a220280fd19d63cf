import { type Filter, pass, reject } from './filter.ts';

/** The host's compute service is enabled and alive. */
export const computeFilter: Filter = {
  name: 'ComputeFilter',
  checkFor: () => (host) => {
    // The operator's reason stays with operators: tenants read what filters say.
    if (host.disabled) return reject('the compute service is disabled');
    if (host.forcedDown) return reject('the compute service was forced down');
    return host.up ? pass : reject(`the compute service has been silent for ${Math.round(host.silentSeconds ?? 0)} s`);
  },
};
