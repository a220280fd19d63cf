import type { ValueType } from './value-type.ts';

/** One setting of the program. A default is text too: it may name other options as `$name` and `${group.name}`. */
export interface Option<T> {
  readonly type: ValueType<NonNullable<T>>;
  readonly defaultText: string | undefined;
  readonly help: string;
  /** The environment variable that sets it. */
  readonly env: string | undefined;
  /** Its value never appears in an error or the sample. */
  readonly isSecret: boolean;
}

interface Settings {
  /** One sentence for the sample configuration. */
  readonly help: string;
  readonly env?: string;
  readonly secret?: boolean;
}

/** Declares an option with a default: its value is always there. */
export function option<T>(type: ValueType<T>, settings: Settings & { readonly default: NoInfer<T> }): Option<T>;
/** Declares an option without a default: its value may be undefined. */
export function option<T>(type: ValueType<T>, settings: Settings): Option<T | undefined>;
export function option<T>(type: ValueType<T>, settings: Settings & { readonly default?: T }): Option<unknown> {
  return {
    // Seam: the value type is erased here; the overloads above give it back to the caller.
    type: type as ValueType<unknown> as ValueType<NonNullable<unknown>>,
    defaultText: settings.default === undefined ? undefined : type.format(settings.default),
    help: settings.help,
    env: settings.env,
    isSecret: settings.secret ?? false,
  };
}

/** The options of one section. */
export interface OptionGroup<N extends string = string, O extends Record<string, Option<unknown>> = Record<string, Option<unknown>>> {
  readonly name: N;
  readonly options: O;
}

/** Declares a section of the configuration file. */
export const optionGroup = <const N extends string, O extends Record<string, Option<unknown>>>(name: N, options: O): OptionGroup<N, O> => ({
  name,
  options,
});

type ValueOf<O> = O extends Option<infer T> ? T : never;

/** The values of a list of groups, as `config.<section>.<option>`. */
export type ConfigOf<G extends readonly OptionGroup[]> = {
  readonly [P in G[number] as P['name']]: { readonly [K in keyof P['options']]: ValueOf<P['options'][K]> };
};
