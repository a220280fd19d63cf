import { attributeOf } from '../host-attributes.ts';
import type { HostState } from '../host-state.ts';
import { type Filter, giveUp, pass, reject } from './filter.ts';

type Compare = (left: unknown, right: unknown) => boolean;

const ordered =
  (holds: (left: number | string, right: number | string) => boolean): Compare =>
  (left, right) =>
    (typeof left === 'number' && typeof right === 'number') || (typeof left === 'string' && typeof right === 'string')
      ? holds(left, right)
      : false;

const comparisons: Readonly<Record<string, Compare>> = {
  '=': (left, right) => left === right,
  '<': ordered((left, right) => left < right),
  '>': ordered((left, right) => left > right),
  '<=': ordered((left, right) => left <= right),
  '>=': ordered((left, right) => left >= right),
};

type Combine = (parts: readonly unknown[]) => boolean;

const combinations: Readonly<Record<string, Combine>> = {
  and: (parts) => parts.every(Boolean),
  or: (parts) => parts.some(Boolean),
  not: (parts) => !parts.some(Boolean),
  in: ([first, ...others]) => others.includes(first),
};

/** The value of an expression for a host: a list is an operator and its operands, a text that begins with `$` an attribute of the host. */
function valueOf(expression: unknown, host: HostState): unknown {
  if (typeof expression === 'string') return expression.startsWith('$') ? attributeOf(host, expression.slice(1).split('.')) : expression;
  if (!Array.isArray(expression)) return expression;
  const [operator, ...operands]: readonly unknown[] = expression;
  if (typeof operator !== 'string') return false;
  const values = operands.map((operand) => valueOf(operand, host));
  if (Object.hasOwn(combinations, operator)) return combinations[operator]?.(values);
  const compare = Object.hasOwn(comparisons, operator) ? comparisons[operator] : undefined;
  if (!compare || values.length < 2) return false;
  return values.slice(1).every((value) => compare(values[0], value));
}

/** How deep expressions may be nested: deeper ones could exhaust the stack. */
const MAX_DEPTH = 20;

const depthOf = (expression: unknown): number =>
  Array.isArray(expression) ? 1 + expression.reduce((deepest: number, part) => Math.max(deepest, depthOf(part)), 0) : 0;

/** The expression in the hint `query`; undefined if it is none. */
function expressionIn(query: unknown): unknown {
  try {
    const expression: unknown = typeof query === 'string' ? JSON.parse(query) : query;
    return Array.isArray(expression) && depthOf(expression) <= MAX_DEPTH ? expression : undefined;
  } catch {
    // Also what is nested so deeply that it cannot be measured.
    return undefined;
  }
}

/** The expression in the hint `query` holds for the host, such as `[">=", "$free_ram_mb", 1024]`. */
export const jsonFilter: Filter = {
  name: 'JsonFilter',
  checkFor: ({ hints: { query } }) => {
    if (query === undefined) return undefined;
    const expression = expressionIn(query);
    if (expression === undefined) return () => reject('the hint query is not an expression');
    const refusal = reject('not what the hint query asks for');
    return (host) => (valueOf(expression, host) === true ? pass : refusal);
  },
  remedy: giveUp('without the hint query'),
};
