/** What a guest wants of PCI devices: what an operator named by aliases, as its flavor asks for them. */
import { Type as t, type Static } from '@sinclair/typebox';
import { errorType } from '../../lib/errors/error-type.ts';
import { deviceTypes, type HostDevice } from './host-device.ts';

export const numaPolicies = ['legacy', 'preferred', 'required', 'socket'] as const;

/** What a device must be; whatever is absent does not matter. */
export const wantedDevice = t.Object({
  vendorId: t.Optional(t.String()),
  productId: t.Optional(t.String()),
  type: t.Optional(t.Union(deviceTypes.map((one) => t.Literal(one)))),
  resourceClass: t.Optional(t.String()),
  traits: t.Optional(t.Array(t.String())),
});
export type WantedDevice = Static<typeof wantedDevice>;

/** So many devices, each of which is one of the alternatives. */
export const deviceRequest = t.Object({
  alias: t.String(),
  count: t.Integer({ minimum: 1 }),
  anyOf: t.Array(wantedDevice),
  /** How near they are to the nodes of a guest that has nodes. */
  numaPolicy: t.Union(numaPolicies.map((one) => t.Literal(one))),
});
export type DeviceRequest = Static<typeof deviceRequest>;
type NumaPolicy = DeviceRequest['numaPolicy'];

/** An alias that an operator has defined. */
export type DeviceAlias = Pick<DeviceRequest, 'anyOf' | 'numaPolicy'>;
export type DeviceAliases = ReadonlyMap<string, DeviceAlias>;

export const PciAliasUndefined = errorType('PciAliasUndefined', 'invalid', (p: { alias: string }) => `PCI alias ${p.alias} is not defined`);

/** What flavor and image ask for; an alias that nobody has defined is refused. */
export function deviceRequestsOf(
  extraSpecs: Readonly<Record<string, string>>,
  properties: Readonly<Record<string, string>>,
  aliases: DeviceAliases,
): DeviceRequest[] {
  const policy = policyIn(extraSpecs['hw:pci_numa_affinity_policy'] ?? properties['hw_pci_numa_affinity_policy']);
  const asked = (extraSpecs['pci_passthrough:alias'] ?? '').split(',').filter((one) => one.trim() !== '');
  return asked.flatMap((one) => {
    const [name = '', count = '1'] = one.trim().split(':');
    const alias = aliases.get(name);
    if (!alias) throw PciAliasUndefined({ alias: name });
    // What is not a number is refused with the rest of the flavor.
    if (!(Number(count) >= 1)) return [];
    return { alias: name, count: Number(count), anyOf: [...alias.anyOf], numaPolicy: policy ?? alias.numaPolicy };
  });
}

const policyIn = (written: string | undefined): NumaPolicy | undefined => numaPolicies.find((one) => one === written);

/** Whether a device is what is wanted. A device with virtual functions is given away only to who asks for such a one. */
export const isWanted = (wanted: WantedDevice, { type, vendorId, productId, resourceClass, traits }: HostDevice): boolean =>
  (wanted.type === undefined ? type !== 'type-PF' : wanted.type === type) &&
  (wanted.vendorId ?? vendorId) === vendorId &&
  (wanted.productId ?? productId) === productId &&
  (wanted.resourceClass ?? resourceClass) === resourceClass &&
  (wanted.traits ?? []).every((trait) => traits.includes(trait));
