import { Type as t, type Static } from '@sinclair/typebox';
import { deviceRequest } from './pci/device-request.ts';

/** A size of server. Servers carry a copy, so that changing or deleting a flavor changes no server. */
export const listedFlavor = t.Object({
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

/** The copy of a server. */
export const flavor = t.Object({
  ...listedFlavor.properties,
  /** The PCI devices that it asks for, as its aliases were defined when the copy was made. */
  devices: t.Optional(t.Array(deviceRequest)),
});

export type Flavor = Static<typeof flavor>;
