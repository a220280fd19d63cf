import { demandOf } from '../../objects/demand.ts';
import { resourceClass } from '../../objects/resources.ts';
import type { ResolvedRequest } from '../request.ts';
import { askForLess, type Filter, pass, reject } from './filter.ts';

const wantedBy = (request: ResolvedRequest): number => demandOf(request)[resourceClass.diskGb] ?? 0;

/** The host has enough free disk for root, ephemeral and swap together. */
export const diskFilter: Filter = {
  name: 'DiskFilter',
  checkFor: (request) => {
    const diskGb = wantedBy(request);
    return (host) => (host.freeDiskGb >= diskGb ? pass : reject(`${host.freeDiskGb} GB of disk free, ${diskGb} GB wanted`));
  },
  remedy: ({ freeDiskGb: free }, request) => askForLess({ wanted: wantedBy(request), free, noun: 'GB of disk' }),
};
