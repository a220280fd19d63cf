import { valuesOf } from '../aggregate-metadata.ts';
import { type Filter, giveUp, pass, reject } from './filter.ts';
import { specsIn } from './scoped-specs.ts';
import { meets } from './spec-operators.ts';

/** Wanted of a key that no aggregate of the host may have. */
const ABSENT = '!';

/** The metadata of the host's aggregates meet the flavor's extra specs `aggregate_instance_extra_specs:...`, and those without a scope. */
export const aggregateInstanceExtraSpecsFilter: Filter = {
  name: 'AggregateInstanceExtraSpecsFilter',
  checkFor: ({ flavor }) => {
    const specs = specsIn('aggregate_instance_extra_specs', flavor).map(({ path, wanted }) => ({ key: path.join(':'), wanted }));
    if (specs.length === 0) return undefined;
    return (host) => {
      for (const { key, wanted } of specs) {
        const values = valuesOf(host, key);
        if (wanted === ABSENT && values.length > 0) return reject(`in an aggregate with ${key}, which the flavor rules out`);
        if (wanted === ABSENT) continue;
        if (values.length === 0) return reject(`in no aggregate with ${key}, ${wanted} wanted`);
        // Tenants see the reasons of filters: what operators wrote of their hosts is left out.
        if (!values.some((value) => meets(value, wanted))) return reject(`in an aggregate with another ${key}, ${wanted} wanted`);
      }
      return pass;
    };
  },
  remedy: giveUp('without aggregate_instance_extra_specs of the flavor'),
};
