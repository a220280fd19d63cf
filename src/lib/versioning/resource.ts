// The wire format of a resource at every version: each field declares its type, how to read it, and the versions that have it.
import { OptionalKind, Type as t, type Static, type TObject, type TOptional, type TSchema } from '@sinclair/typebox';
import { assertDisjoint, live, perVersion, type Microversion, type Window } from './microversion.ts';
import { memoize } from '../memo/memoize.ts';

/** A `read` returns this to omit its key; allowed only where the type is `t.Optional`. */
export const omit: unique symbol = Symbol('omit');

/** What rendering depends on: the version, the caller's rights and the base URLs. */
export interface View {
  readonly at: Microversion;
  /** Whether this policy rule allows the caller. */
  readonly may: (rule: string) => boolean;
  /** Base of versioned links, without a trailing slash: `http://host:8774/v2.1`. */
  readonly baseUrl: string;
  /** Base of permanent links: `http://host:8774`. */
  readonly bookmarkUrl: string;
}

/** A window, and the policy rules that decide what a caller sees. */
export interface FieldOptions extends Window {
  /** The rule that a caller needs to see the field. */
  readonly policy?: string;
  /** The rule that decides on a part of the field, which its `read` asks about. */
  readonly partPolicy?: string;
}

/** One key of a resource `D`: its schema and how to read it. */
export interface Field<in D> extends FieldOptions {
  readonly schemaAt: (at: Microversion) => TSchema;
  readonly read: (value: D, view: View) => unknown;
  readonly optional: boolean;
}

/** One key whose shape changed between versions; it may be missing between two variants. */
export interface Variants<in D> {
  readonly variants: readonly Field<D>[];
}

type ReadOf<T extends TSchema> = Static<T> | (T extends TOptional<TSchema> ? typeof omit : never);

/**
 * A field: its type, how to read it from the domain value, and when it exists.
 * @example locked: field(t.Boolean(), (server) => server.locked, { since: v.lockState })
 */
export const field = <D, T extends TSchema>(type: T, read: (value: D, view: View) => ReadOf<T>, options: FieldOptions = {}): Field<D> => ({
  ...options,
  schemaAt: () => type,
  read,
  optional: OptionalKind in type,
});

/** The shapes of one key, oldest first, in windows that do not overlap. */
export const variants = <D>(...fields: Field<D>[]): Variants<D> => ({ variants: fields });

/** A field that is itself a resource, rendered for the same view; `omit` leaves it out. */
export const embedded = <D, E>(
  inner: Resource<E>,
  read: (value: D, view: View) => E | typeof omit,
  options: FieldOptions & { readonly optional?: boolean } = {},
): Field<D> => ({
  ...options,
  schemaAt: inner.schemaAt,
  read: (value, view) => {
    const found = read(value, view);
    return found === omit ? omit : inner.render(found, view);
  },
  optional: options.optional ?? false,
});

/** A field that lists resources. */
export const embeddedList = <D, E>(
  inner: Resource<E>,
  read: (value: D, view: View) => readonly E[],
  options: FieldOptions = {},
): Field<D> => ({
  ...options,
  schemaAt: (at) => t.Array(inner.schemaAt(at)),
  read: (value, view) => read(value, view).map((one) => inner.render(one, view)),
  optional: false,
});

/** A resource: renders a domain value for a view and gives the schema of the result. */
export interface Resource<in D> {
  readonly name: string;
  readonly render: (value: D, view: View) => Record<string, unknown>;
  readonly schemaAt: (at: Microversion) => TObject;
  /** The policy rules that decide on its fields and their parts at a version. */
  readonly rulesAt: (at: Microversion) => readonly string[];
  /** What `render` gives, as JSON in UTF-8; only where it is cached. */
  readonly json?: ((value: D, view: View) => Buffer) | undefined;
}

/** Declares a resource of the domain type `D`; keys are rendered in the order of declaration. */
export const resource =
  <D>() =>
  (name: string, fields: Readonly<Record<string, Field<D> | Variants<D>>>): Resource<D> => {
    for (const [key, one] of Object.entries(fields)) if ('variants' in one) assertDisjoint(`${name}.${key}`, one.variants);
    const liveFields = perVersion((at) => Object.entries(fields).flatMap(([key, one]) => liveField(key, one, at)));
    // Memoized per view, so that a list checks the rights to each field once and not for each item.
    const shownFields = memoize((view: View) =>
      liveFields(view.at).filter(({ field: { policy } }) => policy === undefined || view.may(policy)),
    );
    return {
      name,
      render: (value, view) => renderFields(shownFields(view), value, view),
      schemaAt: perVersion((at) => schemaOf(liveFields(at), at)),
      rulesAt: perVersion((at) => [
        ...new Set(liveFields(at).flatMap(({ field: { policy, partPolicy } }) => [policy ?? [], partPolicy ?? []].flat())),
      ]),
    };
  };

interface LiveField<D> {
  readonly key: string;
  readonly field: Field<D>;
}

function liveField<D>(key: string, declared: Field<D> | Variants<D>, at: Microversion): LiveField<D>[] {
  const candidates = 'variants' in declared ? declared.variants : [declared];
  const found = candidates.find((candidate) => live(candidate, at));
  return found ? [{ key, field: found }] : [];
}

function renderFields<D>(fields: readonly LiveField<D>[], value: D, view: View): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const { key, field: one } of fields) {
    const found = one.read(value, view);
    if (found !== omit) out[key] = found;
  }
  return out;
}

/** Guarded fields are optional in the schema: the caller's rights decide on them, not the version. */
function schemaOf<D>(fields: readonly LiveField<D>[], at: Microversion): TObject {
  const properties = fields.map(({ key, field: one }): [string, TSchema] => {
    const type = one.schemaAt(at);
    return [key, one.optional || one.policy !== undefined ? t.Optional(type) : type];
  });
  return t.Object(Object.fromEntries(properties), { additionalProperties: false });
}
