import { demandOf } from '../../objects/demand.ts';
import { resourceClass } from '../../objects/resources.ts';
import type { ResolvedRequest } from '../request.ts';
import { askForLess, type Filter, pass, reject } from './filter.ts';

const wantedBy = (request: ResolvedRequest): number => demandOf(request)[resourceClass.memoryMb] ?? 0;

/** The host has enough free memory. */
export const ramFilter: Filter = {
  name: 'RamFilter',
  checkFor: (request) => {
    const wanted = wantedBy(request);
    if (wanted === 0) return undefined;
    return ({ freeRamMb }) => (freeRamMb >= wanted ? pass : reject(`${freeRamMb} MB of memory free, ${wanted} MB wanted`));
  },
  remedy: ({ freeRamMb: free }, request) => askForLess({ wanted: wantedBy(request), free, noun: 'MB of memory' }),
};
