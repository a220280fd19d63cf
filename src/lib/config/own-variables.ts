import { nearest } from '../text/nearest.ts';
import type { Problem } from './config-invalid.ts';
import type { OptionGroup } from './option.ts';

/** Variables of the environment that are meant for the program. */
export interface OwnVariables {
  /** They all begin with it. */
  readonly prefix: string;
  /** Those that are read, but are no options. */
  readonly others: readonly string[];
}

interface Environment {
  readonly groups: readonly OptionGroup[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly ownVariables?: OwnVariables;
}

/** Variables that are set but unknown, and nearly have the name of a known one: a misspelt one would be ignored. */
export const misspeltVariables = (environment: Environment): readonly Problem[] =>
  unknownVariables(environment).flatMap(({ name, meant }) =>
    meant === undefined ? [] : [{ where: `environment ${name}`, what: `unknown variable; did you mean "${meant}"?` }],
  );

/** Variables that are set but unknown, and resemble no known one: perhaps another program's. */
export const strangeVariables = (environment: Environment): readonly string[] =>
  unknownVariables(environment).flatMap(({ name, meant }) => (meant === undefined ? [name] : []));

function unknownVariables({ groups, env = {}, ownVariables }: Environment): readonly { name: string; meant: string | undefined }[] {
  if (!ownVariables) return [];
  const { prefix, others } = ownVariables;
  const known = [...groups.flatMap(({ options }) => Object.values(options).flatMap((option) => option.env ?? [])), ...others];
  const set = Object.keys(env).filter((name) => name.startsWith(prefix) && env[name] !== '' && env[name] !== undefined);
  return set
    .filter((name) => !known.includes(name))
    .map((name) => {
      // Compared without what all have in common, which would make any two look alike.
      const meant = nearest(
        name.slice(prefix.length),
        known.map((one) => one.slice(prefix.length)),
      );
      return { name, meant: meant === undefined ? undefined : prefix + meant };
    });
}
