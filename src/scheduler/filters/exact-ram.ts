import { demandOf } from '../../objects/demand.ts';
import { resourceClass } from '../../objects/resources.ts';
import { type Filter, pass, reject } from './filter.ts';

/** The host has exactly the memory free that the server takes: for machines that are given away whole. */
export const exactRamFilter: Filter = {
  name: 'ExactRamFilter',
  checkFor: (request) => {
    const wanted = demandOf(request)[resourceClass.memoryMb] ?? 0;
    return ({ freeRamMb }) => (freeRamMb === wanted ? pass : reject(`${freeRamMb} MB of memory free, exactly ${wanted} MB wanted`));
  },
};
