import { askForLess, type Filter, pass, reject } from './filter.ts';

/** The host has enough free memory. */
export const ramFilter: Filter = {
  name: 'RamFilter',
  checkFor:
    ({ flavor }) =>
    (host) =>
      host.freeRamMb >= flavor.ramMb ? pass : reject(`${host.freeRamMb} MB of memory free, ${flavor.ramMb} MB wanted`),
  remedy: ({ freeRamMb: free }, { flavor }) => askForLess({ wanted: flavor.ramMb, free, noun: 'MB of memory' }),
};
