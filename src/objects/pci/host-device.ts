/** PCI devices of hosts that guests may have for themselves. */
import { Type as t, type Static } from '@sinclair/typebox';

/** `0000:0a:00.1`: domain, bus, slot, function. */
const address = t.String({ pattern: '^[0-9a-f]{4,8}:[0-9a-f]{2}:[0-1][0-9a-f]\\.[0-7]$' });

export const deviceTypes = ['type-PCI', 'type-PF', 'type-VF'] as const;
/** A device by itself, one with virtual functions, or such a function. */
export type DeviceType = (typeof deviceTypes)[number];

/** A device that its host's operator gives to guests. */
export const hostDevice = t.Object({
  address,
  /** Four hexadecimal digits, as for `productId`. */
  vendorId: t.String(),
  productId: t.String(),
  type: t.Union(deviceTypes.map((one) => t.Literal(one))),
  /** The node that it is near to; null where nobody knows. */
  node: t.Union([t.Integer({ minimum: 0 }), t.Null()]),
  /** The device that it is a virtual function of. */
  parent: t.Optional(address),
  /** What the inventories of the host count it as. */
  resourceClass: t.String(),
  traits: t.Array(t.String()),
  /** Whether libvirt takes it from the host's driver and gives it back. */
  isManaged: t.Boolean(),
});
export type HostDevice = Static<typeof hostDevice>;

/** A device that a guest has, and the alias under which it asked. */
export const placedDevice = t.Object({ alias: t.String(), ...t.Pick(hostDevice, ['address', 'resourceClass', 'isManaged']).properties });
export type PlacedDevice = Static<typeof placedDevice>;

/** How many devices there are of each class. */
export function countedByClass(devices: readonly Pick<HostDevice, 'resourceClass'>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { resourceClass } of devices) counts[resourceClass] = (counts[resourceClass] ?? 0) + 1;
  return counts;
}
