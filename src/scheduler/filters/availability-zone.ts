import { type Filter, pass, reject } from './filter.ts';

/** The host is in the requested zone, if any. */
export const availabilityZoneFilter: Filter = {
  name: 'AvailabilityZoneFilter',
  checkFor: ({ zone }) => {
    if (zone === null) return undefined;
    return (host) => (zone === host.zone ? pass : reject(`in zone ${host.zone}, ${zone} wanted`));
  },
  remedy: ({ zone }) => ({ change: `in zone ${zone}`, cost: 1 }),
};
