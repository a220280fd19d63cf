import { attributeOf } from '../host-attributes.ts';
import { type Filter, giveUp, pass, reject } from './filter.ts';
import { specsIn } from './scoped-specs.ts';
import { meets } from './spec-operators.ts';

/** The host's attributes meet the flavor's extra specs `capabilities:...`, and those without a scope that name an attribute. */
export const computeCapabilitiesFilter: Filter = {
  name: 'ComputeCapabilitiesFilter',
  checkFor: ({ flavor }) => {
    const specs = specsIn('capabilities', flavor).filter(({ path }) => path[0] !== '');
    if (specs.length === 0) return undefined;
    return (host) => {
      for (const { path, wanted, isScoped } of specs) {
        const have = attributeOf(host, path);
        // Keys without a scope also mean other things.
        if (have === undefined && !isScoped) continue;
        if (have === undefined) return reject(`no ${path.join(':')}, which the flavor wants to be ${wanted}`);
        const told = typeof have === 'object' ? JSON.stringify(have) : String(have);
        // Tenants see the reasons of filters: numbers say what is missing, texts may name the host.
        if (!meets(told, wanted)) return reject(`${path.join(':')} is ${typeof have === 'number' ? told : 'another'}, ${wanted} wanted`);
      }
      return pass;
    };
  },
  remedy: giveUp('without capabilities in the extra specs of the flavor'),
};
