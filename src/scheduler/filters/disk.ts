import { demandOf } from '../../objects/flavor.ts';
import { resourceClass } from '../../objects/resources.ts';
import { askForLess, type Filter, pass, reject } from './filter.ts';

/** The host has enough free disk for root, ephemeral and swap together. */
export const diskFilter: Filter = {
  name: 'DiskFilter',
  checkFor: ({ flavor }) => {
    const diskGb = demandOf(flavor)[resourceClass.diskGb];
    return (host) => (host.freeDiskGb >= diskGb ? pass : reject(`${host.freeDiskGb} GB of disk free, ${diskGb} GB wanted`));
  },
  remedy: ({ freeDiskGb: free }, { flavor }) => askForLess({ wanted: demandOf(flavor)[resourceClass.diskGb], free, noun: 'GB of disk' }),
};
