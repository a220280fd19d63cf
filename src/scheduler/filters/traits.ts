import { hardwareOf } from '../../objects/hardware/hardware.ts';
import { requiredTraits } from '../../objects/hardware/required-traits.ts';
import { valuesOf } from '../aggregate-metadata.ts';
import type { HostState } from '../host-state.ts';
import type { ResolvedRequest } from '../request.ts';
import { type Filter, giveUp, pass, reject } from './filter.ts';

/** `trait:HW_CPU_X86_AVX2`, also in a numbered group, `trait1:...`. */
const KEY = /^trait[A-Za-z0-9_-]*:(.+)$/;

/** The traits that are `required` or `forbidden` in a record. */
const traitsIn = (record: Readonly<Record<string, string>>, as: 'required' | 'forbidden'): readonly string[] =>
  Object.entries(record).flatMap(([key, value]) => (value === as ? (KEY.exec(key)?.[1] ?? []) : []));

const hasTrait = ({ traits, aggregates }: HostState, trait: string): boolean =>
  traits.has(trait) || valuesOf({ aggregates }, `trait:${trait}`).includes('required');

interface Demands {
  readonly required: readonly string[];
  readonly forbidden: readonly string[];
}

/** The traits that the flavor or the image wants, by name or for its hardware, or not; an image can only require them. */
const demandsOf = ({ flavor, image }: ResolvedRequest): Demands => {
  const properties = image?.properties ?? {};
  const ofHardware = requiredTraits(hardwareOf({ flavor, properties }));
  return {
    required: [...new Set([...traitsIn(flavor.extraSpecs, 'required'), ...traitsIn(properties, 'required'), ...ofHardware])],
    forbidden: traitsIn(flavor.extraSpecs, 'forbidden'),
  };
};

/** The host has the traits that flavor and image require, and none that the flavor forbids; its aggregates may add traits. */
export const traitsFilter: Filter = {
  name: 'TraitsFilter',
  onRebuild: true,
  checkFor: (request, { isolatesAggregates }) => {
    const { required, forbidden } = demandsOf(request);
    if (required.length === 0 && forbidden.length === 0 && !isolatesAggregates) return undefined;
    return (host) => {
      for (const trait of required) if (!hasTrait(host, trait)) return reject(`no trait ${trait}`);
      for (const trait of forbidden) if (hasTrait(host, trait)) return reject(`the trait ${trait}, which the flavor forbids`);
      if (isolatesAggregates)
        for (const { metadata } of host.aggregates)
          for (const trait of traitsIn(metadata, 'required'))
            if (!required.includes(trait)) return reject(`kept for servers that require the trait ${trait}`);
      return pass;
    };
  },
  remedy: giveUp('without the traits of flavor and image'),
};
