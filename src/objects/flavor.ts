import { Type as t, type Static } from '@sinclair/typebox';

/** A size of server. Servers carry a copy, so that changing or deleting a flavor changes no server. */
export const flavor = t.Object({
  id: t.String(),
  name: t.String(),
  vcpus: t.Integer(),
  ramMb: t.Integer(),
  rootGb: t.Integer(),
  ephemeralGb: t.Integer(),
  swapMb: t.Integer(),
  rxtxFactor: t.Number(),
  isPublic: t.Boolean(),
  disabled: t.Boolean(),
  description: t.Union([t.String(), t.Null()]),
  extraSpecs: t.Record(t.String(), t.String()),
});

export type Flavor = Static<typeof flavor>;
