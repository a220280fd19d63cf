/** A contract as stable text, to compare with a golden file: no change of the wire format goes unnoticed. */
import type { Contract, Messages } from './contract.ts';

/** Topic, messages, targets and schemas as indented JSON with sorted keys. */
export const goldenOf = (contract: Contract<Messages>): string => `${JSON.stringify(contract, sorted, 2)}\n`;

/** Object keys in order of the alphabet; arrays as they are. */
const sorted = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
