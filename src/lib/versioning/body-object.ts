// Objects in request bodies: which keys exist at a version, and how a parsed value is upgraded to the newest form.
import { Type as t, type TSchema } from '@sinclair/typebox';
import { live, perVersion, type Microversion, type Window } from './microversion.ts';
import type { AnyBodyField, BodyField, ObjectHead, Presence, Shape } from './shape.ts';

export type BodyFields = Readonly<Record<string, AnyBodyField>>;

/** Options of an object besides its fields. */
export interface BodyObjectOptions {
  /** Whether to accept and drop unknown keys, always or in a window; by default they are refused. */
  readonly tolerant?: boolean | Window;
  /** Further JSON Schema keywords, such as `anyOf` over required keys or `maxProperties`. */
  readonly keywords?: Readonly<Record<string, unknown>>;
}

/** An object whose keys have windows. */
export function bodyObject<const F extends BodyFields>(fields: F, options: BodyObjectOptions = {}): Shape<ObjectHead<F>> {
  const liveKeys = perVersion((at) => Object.entries(fields).map(([key, declared]) => liveKey(key, declared, at)));
  return {
    schemaAt: perVersion((at) => schemaOf(liveKeys(at), at, options)),
    // Seam: ObjectHead mirrors what liveKey and headOf do with each field.
    upgrade: (value, at) => headOf(liveKeys(at), value as Record<string, unknown>, at) as ObjectHead<F>,
  };
}

interface LiveKey {
  readonly key: string;
  /** Undefined where the key does not exist at the version. */
  readonly field: BodyField<unknown, Presence> | undefined;
  /** The default value in a one-element list; empty when the key stays absent. */
  readonly absent: readonly [unknown] | readonly [];
}

function liveKey(key: string, declared: AnyBodyField, at: Microversion): LiveKey {
  const candidates = 'variants' in declared ? declared.variants : [declared];
  const field = candidates.find((candidate) => live(candidate, at));
  const source = field ?? candidates.at(-1);
  return { key, field, absent: source && 'absent' in source ? [source.absent] : [] };
}

function schemaOf(keys: readonly LiveKey[], at: Microversion, options: BodyObjectOptions): TSchema {
  const properties = keys.flatMap(({ key, field }): [string, TSchema][] => {
    if (!field) return [];
    const type = field.shape.schemaAt(at);
    return [[key, field.required ? type : t.Optional(type)]];
  });
  return t.Object(Object.fromEntries(properties), {
    ...options.keywords,
    ...(isTolerant(options, at) ? {} : { additionalProperties: false }),
  });
}

const isTolerant = ({ tolerant = false }: BodyObjectOptions, at: Microversion): boolean =>
  typeof tolerant === 'boolean' ? tolerant : live(tolerant, at);

function headOf(keys: readonly LiveKey[], value: Record<string, unknown>, at: Microversion): Record<string, unknown> {
  const head: Record<string, unknown> = {};
  for (const { key, field, absent } of keys) {
    if (field && Object.hasOwn(value, key)) head[key] = field.shape.upgrade(value[key], at);
    else if (absent.length === 1) head[key] = absent[0];
  }
  return head;
}
