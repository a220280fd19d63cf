import type { Flavor } from '../../objects/flavor.ts';

/** An extra spec without its scope. */
export interface ScopedSpec {
  readonly path: readonly string[];
  /** Whether its key named the scope. */
  readonly isScoped: boolean;
  readonly wanted: string;
}

/** The extra specs of a flavor in a scope, `<scope>:a:b`, and those in none. */
export const specsIn = (scope: string, { extraSpecs }: Pick<Flavor, 'extraSpecs'>): readonly ScopedSpec[] =>
  Object.entries(extraSpecs).flatMap(([key, wanted]): ScopedSpec[] => {
    const parts = key.split(':');
    if (parts.length === 1) return [{ path: parts, wanted, isScoped: false }];
    return parts[0] === scope ? [{ path: parts.slice(1), wanted, isScoped: true }] : [];
  });
