import type { Static, TSchema } from '@sinclair/typebox';

/** A value as it is read from the log: dates are texts. */
type Plain<T> = unknown extends T
  ? T
  : T extends Date
    ? string
    : T extends string | number | boolean | null | undefined
      ? T
      : T extends readonly (infer One)[]
        ? readonly Plain<One>[]
        : { readonly [Key in keyof T]: Plain<T[Key]> };

/** A resource in the payload of an event. */
export type InJson<Schema extends TSchema> = Plain<Static<Schema>>;
