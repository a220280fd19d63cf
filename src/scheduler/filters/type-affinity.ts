import { valuesOf } from '../aggregate-metadata.ts';
import { type Filter, giveUp, pass, reject } from './filter.ts';

/** All servers on the host have the flavor. */
export const typeAffinityFilter: Filter = {
  name: 'TypeAffinityFilter',
  needs: 'otherFlavors',
  checkFor: ({ hostsOfOtherFlavors: taken }) => {
    if (!taken || taken.size === 0) return undefined;
    const refusal = reject('servers of another flavor are there');
    return ({ host }) => (taken.has(host) ? refusal : pass);
  },
  remedy: giveUp('with another flavor'),
};

/** The metadata `instance_type` of the host's aggregates names the flavor, or there is none. */
export const aggregateTypeAffinityFilter: Filter = {
  name: 'AggregateTypeAffinityFilter',
  checkFor: ({ flavor }) => {
    const refusal = reject(`kept for flavors other than ${flavor.name}`);
    return (host) => {
      const names = valuesOf(host, 'instance_type');
      return names.length === 0 || names.includes(flavor.name) ? pass : refusal;
    };
  },
  remedy: giveUp('with another flavor'),
};
