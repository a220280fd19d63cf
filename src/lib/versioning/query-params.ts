// Query parameters with windows: which exist at a version, which may repeat, and whether unknown ones are refused or ignored.
import { Type as t, type TSchema } from '@sinclair/typebox';
import { live, perVersion, type Microversion, type Window } from './microversion.ts';
import { checkQuery } from './validation.ts';

/** One parameter: the schema of its values and how to read them. */
export interface Param<out T> extends Window {
  readonly schemaAt: (at: Microversion) => TSchema;
  readonly maxItems: number | undefined;
  readonly read: (values: readonly string[]) => T;
}

interface ParamOptions extends Window {
  /** Schema of one value as a string; any string when absent. */
  readonly type?: TSchema | ((at: Microversion) => TSchema);
  /** Refuse repetition; otherwise the last value wins. */
  readonly once?: boolean;
}

/** A parameter with one value. @example limit: param({ type: t.String({ pattern: '^[0-9]*$' }), read: Number }) */
export function param<T>(options: ParamOptions & { readonly read: (text: string) => T }): Param<T>;
export function param(options?: ParamOptions): Param<string>;
export function param({ once, type, read = asText, ...window }: ParamOptions & { readonly read?: Read } = {}): Param<unknown> {
  return { ...window, schemaAt: schemaAt(type), maxItems: once ? 1 : undefined, read: (values) => read(values.at(-1) ?? '') };
}

/** A parameter that may repeat. */
export function manyParam<T>(options: Omit<ParamOptions, 'once'> & { readonly read: (text: string) => T }): Param<readonly T[]>;
export function manyParam(options?: Omit<ParamOptions, 'once'>): Param<readonly string[]>;
export function manyParam({ type, read = asText, ...window }: ParamOptions & { readonly read?: Read } = {}): Param<readonly unknown[]> {
  return { ...window, schemaAt: schemaAt(type), maxItems: undefined, read: (values) => values.map((value) => read(value)) };
}

type Read = (text: string) => unknown;
const asText: Read = (text) => text;

const anyText = t.String();
const schemaAt = (type: ParamOptions['type']): ((at: Microversion) => TSchema) =>
  typeof type === 'function' ? type : () => type ?? anyText;

/** The values that were given, by name. */
export type QueryHead<F> = { readonly [K in keyof F]?: F[K] extends Param<infer T> ? T : never };

export interface QueryParams<out H> {
  readonly schemaAt: (at: Microversion) => TSchema;
  /** Throws InvalidInput. Parameters that do not exist at the version are not read. */
  readonly parse: (query: URLSearchParams, at: Microversion) => H;
}

interface QueryOptions {
  /** The versions that refuse unknown parameters (`{}`: all of them); without it they are ignored. */
  readonly strict?: Window;
  /** Unknown names matching this are accepted even where others are refused. */
  readonly tolerate?: string;
}

/** Declares the query parameters of a route. */
export function queryParams<const F extends Readonly<Record<string, Param<unknown>>>>(
  params: F,
  options: QueryOptions = {},
): QueryParams<QueryHead<F>> {
  const liveParams = perVersion((at) => Object.entries(params).filter(([, one]) => live(one, at)));
  const schema = perVersion((at) => querySchema(liveParams(at), at, options));
  return {
    schemaAt: schema,
    parse: (query, at) => {
      const given = valuesByName(query);
      checkQuery(schema(at), given);
      const read = liveParams(at).flatMap(([name, one]) => {
        const values = given[name];
        return values ? [[name, one.read(values)] as const] : [];
      });
      return Object.fromEntries(read) as QueryHead<F>; // Seam: fromEntries forgets the names.
    },
  };
}

function querySchema(params: readonly [string, Param<unknown>][], at: Microversion, { strict, tolerate }: QueryOptions): TSchema {
  const properties = params.map(([name, { schemaAt: type, maxItems }]): [string, TSchema] => [
    name,
    t.Optional(t.Array(type(at), maxItems === undefined ? {} : { maxItems })),
  ]);
  return t.Object(Object.fromEntries(properties), {
    ...(tolerate === undefined ? {} : { patternProperties: { [tolerate]: {} } }),
    ...(strict && live(strict, at) ? { additionalProperties: false } : {}),
  });
}

/** Clients choose the names: a record without a prototype is safe for any of them. */
function valuesByName(query: URLSearchParams): Record<string, string[]> {
  const found: Record<string, string[]> = Object.create(null);
  for (const [name, value] of query) (found[name] ??= []).push(value);
  return found;
}
