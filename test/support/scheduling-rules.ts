/** The scheduler's rules by default. */
import type { Rules } from '../../src/scheduler/decide.ts';
import { alwaysOn, enabledByDefault } from '../../src/scheduler/filters/index.ts';
import { defaultOptions } from '../../src/scheduler/options.ts';
import { defaultMultipliers, weighersWith } from '../../src/scheduler/weights/index.ts';

export const defaultRules: Rules = {
  filters: [...alwaysOn, ...enabledByDefault],
  weighers: weighersWith(defaultMultipliers),
  options: defaultOptions,
  maxHosts: 3,
  subsetSize: 1,
};
