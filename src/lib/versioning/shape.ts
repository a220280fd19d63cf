// A shape is a type across versions: its schema at each version, and how to upgrade a value of that version to the newest form.
import { Type as t, type Static, type TSchema } from '@sinclair/typebox';
import { assertDisjoint, live, perVersion, type Microversion, type Window } from './microversion.ts';

/** A type whose schema depends on the version and whose values are upgraded to the newest form `H`. */
export interface Shape<out H> {
  readonly schemaAt: (at: Microversion) => TSchema;
  /** Upgrades a value that is valid at that version. */
  readonly upgrade: (value: unknown, at: Microversion) => H;
}

/** A type: a schema that never changes, or a shape. */
export type TypeLike = TSchema | Shape<unknown>;

/** The newest form of a type. */
export type HeadOf<X> = X extends Shape<infer H> ? H : X extends TSchema ? Static<X> : never;

const isShape = (type: TypeLike): type is Shape<unknown> => typeof type['schemaAt'] === 'function';

/** Any type as a shape. */
export function shapeOf<X extends TypeLike>(type: X): Shape<HeadOf<X>> {
  const found: Shape<unknown> = isShape(type) ? type : { schemaAt: () => type, upgrade: (value) => value };
  return found as Shape<HeadOf<X>>; // Seam: HeadOf mirrors the two branches above.
}

/** An older form and how to upgrade it to the newest one. */
export const upgraded = <X extends TypeLike, H>(type: X, upgrade: (old: HeadOf<X>) => H): Shape<H> => {
  const inner = shapeOf(type);
  return { schemaAt: inner.schemaAt, upgrade: (value, at) => upgrade(inner.upgrade(value, at)) };
};

/** A list of shapes. */
export const listOf = <X extends TypeLike>(
  item: X,
  options: { minItems?: number; maxItems?: number; uniqueItems?: boolean } = {},
): Shape<readonly HeadOf<X>[]> => {
  const inner = shapeOf(item);
  return {
    schemaAt: perVersion((at) => t.Array(inner.schemaAt(at), options)),
    // Seam: the schema made sure that it is a list.
    upgrade: (value, at) => (value as unknown[]).map((one) => inner.upgrade(one, at)),
  };
};

/** An enumeration whose members have windows. @example members({ affinity: {}, 'soft-affinity': { since: v.softPolicies } }) */
export const members = <const T extends Readonly<Record<string, Window>>>(table: T): Shape<Extract<keyof T, string>> => ({
  schemaAt: perVersion((at) => t.Unsafe({ type: 'string', enum: Object.keys(table).filter((member) => live(table[member] ?? {}, at)) })),
  upgrade: (value) => value as Extract<keyof T, string>, // Seam: the schema made sure that it is a member.
});

export type Presence = 'always' | 'maybe';

/** One key of an object: its shape, whether it is required, and its default. */
export interface BodyField<out H, out P extends Presence> extends Window {
  readonly presence: P;
  readonly shape: Shape<H>;
  readonly required: boolean;
  readonly absent?: H;
}

/** One key whose shape changed between versions; it may be missing between two variants. */
export interface BodyVariants<out H, out P extends Presence> {
  readonly presence: P;
  readonly variants: readonly BodyField<H, Presence>[];
}

export type AnyBodyField = BodyField<unknown, Presence> | BodyVariants<unknown, Presence>;

interface BodyFieldOptions extends Window {
  readonly type: TypeLike;
  readonly required?: boolean;
  readonly absent?: unknown;
}

/**
 * One key of a body. In the newest form the key is always present if it is required at every version or has an `absent` value; else it is optional.
 * @example networks: bodyField({ type: stringEnum(['auto', 'none']), since: v.autoNetworks, absent: 'none' })
 */
export function bodyField<X extends TypeLike, const A>(
  options: Window & { readonly type: X; readonly required?: boolean; readonly absent: A },
): BodyField<HeadOf<X> | A, 'always'>;
export function bodyField<X extends TypeLike>(options: {
  readonly type: X;
  readonly required: true;
  readonly since?: never;
  readonly until?: never;
}): BodyField<HeadOf<X>, 'always'>;
export function bodyField<X extends TypeLike>(
  options: Window & { readonly type: X; readonly required?: boolean },
): BodyField<HeadOf<X>, 'maybe'>;
export function bodyField({ type, required = false, ...rest }: BodyFieldOptions): BodyField<unknown, Presence> {
  const presence = 'absent' in rest || (required && !rest.since && !rest.until) ? 'always' : 'maybe';
  return { ...rest, presence, shape: shapeOf(type), required };
}

/** The shapes of one key, oldest first, each upgraded to the same newest form; the last one's `absent` applies where none is live. */
export function bodyVariants<const F extends readonly BodyField<unknown, Presence>[]>(
  ...fields: F
): BodyVariants<HeadOfField<F[number]>, 'maybe' extends F[number]['presence'] ? 'maybe' : 'always'> {
  assertDisjoint('a body field', fields);
  const presence = fields.some((one) => one.presence === 'maybe') ? 'maybe' : 'always';
  const found: BodyVariants<unknown, Presence> = { presence, variants: fields };
  // Seam: TypeScript cannot infer the union over a tuple's members here.
  return found as BodyVariants<HeadOfField<F[number]>, 'maybe' extends F[number]['presence'] ? 'maybe' : 'always'>;
}

export type HeadOfField<F> = F extends BodyField<infer H, Presence> ? H : F extends BodyVariants<infer H, Presence> ? H : never;

type KeysOf<F, P extends Presence> = { [K in keyof F]: F[K] extends { readonly presence: P } ? K : never }[keyof F];

/** The newest form of an object with these fields. */
export type ObjectHead<F> = { readonly [K in KeysOf<F, 'always'>]: HeadOfField<F[K]> } & {
  readonly [K in KeysOf<F, 'maybe'>]?: HeadOfField<F[K]>;
};
