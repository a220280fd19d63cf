/** The policy rules and their defaults, as in Nova; one file per service. */
import { computeRules } from './rules/compute.ts';
import { identityRules } from './rules/identity.ts';
import { imageRules } from './rules/image.ts';
import { networkRules } from './rules/network.ts';
import { objectStoreRules } from './rules/objectstore.ts';
import { volumeRules } from './rules/volume.ts';

export { helperRules } from './rules/who.ts';

/** Every rule that the code checks, with its default. */
export const rules = {
  ...computeRules,
  ...identityRules,
  ...imageRules,
  ...networkRules,
  ...volumeRules,
  ...objectStoreRules,
} as const satisfies Record<string, string>;

/** The name of a rule; a typo does not compile. */
export type PolicyRule = keyof typeof rules;
