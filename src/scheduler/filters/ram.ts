import { type Filter, pass, reject } from './filter.ts';

/** There is memory left. */
export const ramFilter: Filter = {
  name: 'RamFilter',
  checkFor:
    ({ flavor }) =>
    (host) =>
      host.freeRamMb >= flavor.ramMb ? pass : reject(`${host.freeRamMb} MB of memory free, ${flavor.ramMb} MB wanted`),
};
