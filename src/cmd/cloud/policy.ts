import { readOverrides } from '../../policy/override-file.ts';
import { novaPolicy, type Policy } from '../../policy/policy.ts';
import { memoize } from '../../lib/memo/memoize.ts';
import type { Runtime } from './runtime.ts';

/** The policy with the operator's override files; the last one wins. */
export const openPolicy = memoize(
  async ({ config }: Runtime): Promise<Policy> => novaPolicy(await readOverrides(config.oslo_policy.policy_file)),
);
