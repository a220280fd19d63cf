/** Versions of hypervisors: hosts report 6.2.1 as 6002001, images ask for `>=6.0, <7.2`. */

const PART = 1_000;

/** As people write it. */
export const dotted = (version: number): string =>
  [Math.floor(version / PART ** 2), Math.floor(version / PART) % PART, version % PART].join('.');

/** Whether a version meets all conditions of a text; one that is no condition is not met. */
export const isVersionIn = (version: number, conditions: string): boolean =>
  conditions.split(',').every((condition) => {
    const [, operator, wanted] = /^\s*(<=|>=|==|!=|<|>)\s*(\d+(?:\.\d+){0,2})\s*$/.exec(condition) ?? [];
    if (operator === undefined || wanted === undefined) return false;
    const [major = 0, minor = 0, patch = 0] = wanted.split('.').map(Number);
    return comparisons[operator]?.(version, (major * PART + minor) * PART + patch) ?? false;
  });

const comparisons: Readonly<Record<string, (have: number, want: number) => boolean>> = {
  '<=': (have, want) => have <= want,
  '>=': (have, want) => have >= want,
  '==': (have, want) => have === want,
  '!=': (have, want) => have !== want,
  '<': (have, want) => have < want,
  '>': (have, want) => have > want,
};
