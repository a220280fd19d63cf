import { type Filter, giveUp, pass, reject } from './filter.ts';

/** Isolated images are on isolated hosts and nowhere else; other images are not there if those hosts are restricted to the isolated ones. */
export const isolatedHostsFilter: Filter = {
  name: 'IsolatedHostsFilter',
  onRebuild: true,
  checkFor: ({ image }, { isolatedImages, isolatedHosts, restrictIsolatedHosts }) => {
    if (isolatedHosts.length === 0 && isolatedImages.length === 0) return undefined;
    const isIsolated = image !== null && isolatedImages.includes(image.id);
    const refusal = reject(isIsolated ? 'not kept for isolated images' : 'kept for isolated images');
    return ({ host }) => {
      const isHostIsolated = isolatedHosts.includes(host);
      return isIsolated === isHostIsolated || (isHostIsolated && !restrictIsolatedHosts) ? pass : refusal;
    };
  },
  remedy: giveUp('from another image'),
};
