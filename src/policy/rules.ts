/** The names of what may be done, with who may do it by default: Nova's names and defaults, one file for each service. */
import { computeRules } from './rules/compute.ts';
import { identityRules } from './rules/identity.ts';
import { imageRules } from './rules/image.ts';
import { networkRules } from './rules/network.ts';

export { helperRules } from './rules/who.ts';

/** Every rule that the code asks for, and its default. */
export const rules = { ...computeRules, ...identityRules, ...imageRules, ...networkRules } as const satisfies Record<string, string>;

/** The name of a rule; a misspelt one does not compile. */
export type PolicyRule = keyof typeof rules;
